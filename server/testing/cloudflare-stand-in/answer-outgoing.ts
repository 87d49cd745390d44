// What scripts send out: to the worker behind their namespace where there is one, else to an internet that a test makes up.
import type { IncomingMessage, ServerResponse } from "node:http";
import { errorPage, passOn } from "./answer-agents";
import { standInHeaders } from "./dispatch-binding";
import type { Script, ScriptShelf } from "./script-shelf";

export type Sent = { url: string; method: string; headers: IncomingMessage["headers"]; body: string };
export type Answered = { status: number; headers?: Record<string, string>; body?: string };
/** What a host on the internet answers; `reset`: it cuts the connection. */
export type Internet = (sent: Sent) => Answered | "reset" | Promise<Answered | "reset">;

const bodyBytesMax = 1024 * 1024;

/** A call that a dispatcher makes: to the script of the namespace, with what the dispatcher said of it. */
export function answerDispatched(shelf: ScriptShelf, request: IncomingMessage, response: ServerResponse): void {
  const script = findBy(shelf, request.headers[standInHeaders.script]);
  if (!script) {
    response.writeHead(404, { [standInHeaders.missing]: "1" }).end();
    return;
  }
  const { outbound } = JSON.parse(String(request.headers[standInHeaders.options] ?? "{}")) as { outbound?: Script["params"] };
  script.params = outbound ?? {};
  passOn(script.process, request, response);
}

/** The request line names the whole address, as it does towards a proxy. */
export function answerOutgoing(
  { shelf, internet }: { shelf: ScriptShelf; internet: Internet },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const sender = findBy(shelf, request.headers[standInHeaders.from]);
  const behind = sender?.namespace ? findBehind(shelf, sender.namespace) : undefined;
  if (!sender || !behind) return void answerFromInternet(internet, request, response);
  request.headers[standInHeaders.params] = JSON.stringify(sender.params);
  passOn({ ...behind.process, socketPath: `${behind.process.socketPath}p` }, request, response);
}

async function answerFromInternet(internet: Internet, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if (chunks.reduce((sum, { length }) => sum + length, 0) > bodyBytesMax) return errorPage(response, 413, 1200);
  }
  const { url = "", method = "", headers } = request;
  const answered = await internet({ url, method, headers, body: Buffer.concat(chunks).toString("utf8") });
  if (answered === "reset") return void request.socket.destroy();
  const { status, headers: said = {}, body = "" } = answered;
  response.writeHead(status, said).end(body);
}

function findBy(shelf: ScriptShelf, header: string | string[] | undefined): Script | undefined {
  const [namespace = "", name = ""] = String(header ?? "").split("/");
  return shelf.find(name, namespace === "" ? null : namespace);
}

/** The worker that a dispatcher of the account has named for this namespace. */
function findBehind(shelf: ScriptShelf, namespace: string): Script | undefined {
  const bound = shelf
    .list(null)
    .flatMap(({ bindings }) => bindings)
    .find((binding) => binding.type === "dispatch_namespace" && binding.namespace === namespace);
  const service = bound?.type === "dispatch_namespace" ? bound.outbound?.worker.service : undefined;
  return service === undefined ? undefined : shelf.find(service, null);
}
