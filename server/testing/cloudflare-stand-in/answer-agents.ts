// The addresses under workers.dev: a request is handed to the process of the script that the host names, byte for byte, both ways.
import { type IncomingMessage, type ServerResponse, request as send } from "node:http";
import type { ScriptProcess } from "./run-script";
import type { Script, ScriptShelf } from "./script-shelf";

export function answerAgent(shelf: ScriptShelf, subdomain: string, request: IncomingMessage, response: ServerResponse): void {
  const [name = "", ...rest] = String(request.headers.host).split(".");
  const script = rest.join(".") === `${subdomain}.workers.dev` ? shelf.find(name, null) : undefined;
  if (!script?.isPublished || script.unknownFor > 0) {
    if (script?.isPublished) script.unknownFor -= 1;
    nothingHere(response);
  } else passOn(answering(script), request, response);
}

/** News of an upload travel: for a while it is the one of before that answers. */
function answering(script: Script): ScriptProcess {
  const { former } = script;
  if (former === null) return script.process;
  if (former.requests > 0 && former.process.isAlive()) {
    former.requests -= 1;
    return former.process;
  }
  script.former = null;
  return script.process;
}

/** The whole request in one write: a script that answers without reading it closes the connection. */
export function passOn(process: ScriptProcess, request: IncomingMessage, response: ServerResponse): void {
  process.inFlight += 1;
  for (const name of Object.keys(request.headers)) process.heardHeaders.add(name);
  let isOver = false;
  const chunks: Buffer[] = [];
  const leaving = new AbortController();
  response.on("close", () => {
    if (!isOver) process.inFlight -= 1;
    isOver = true;
    leaving.abort();
  });
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => exchange(process, request, response, { body: Buffer.concat(chunks), signal: leaving.signal }));
}

type Sending = { body: Buffer; signal: AbortSignal };

function exchange(process: ScriptProcess, request: IncomingMessage, response: ServerResponse, { body, signal }: Sending): void {
  const { "transfer-encoding": _chunked, ...headers } = request.headers;
  const upstream = send({
    socketPath: process.socketPath,
    method: request.method ?? "GET",
    path: request.url ?? "/",
    headers: body.length > 0 ? { ...headers, "content-length": String(body.length) } : headers,
    agent: false,
    signal,
  });
  upstream.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  upstream.on("error", (error) => {
    if (response.headersSent) response.destroy();
    else errorPage(response, 500, 1101, error.message);
  });
  upstream.end(body);
}

function nothingHere(response: ServerResponse): void {
  response.writeHead(404, { "content-type": "text/html" }).end("<title>There is nothing here yet</title>");
}

export function errorPage(response: ServerResponse, status: number, code: number, words = ""): void {
  response.writeHead(status, { "content-type": "text/plain" }).end(`error code: ${code} ${words}`.trim());
}
