// The only way out of a sandbox: a proxy on a unix socket that checks where each request goes and connects to nothing else.
import type { LookupAddress } from "node:dns";
import {
  type ClientRequest,
  createServer,
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
  type Server,
  type ServerResponse,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import { type EgressBudget, EgressLimited } from "./egress-budget";
import { assertEgressAllowed, type EgressPolicy, EgressRefused } from "./egress-policy";

/** Of one process to us, and from us to the world: more than the requests that are allowed, so that these get their clear answer. */
const connectionsMax = 512;
const idleConnectionMs = 30_000;
const silenceMsMax = 900_000;
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export type EgressProxy = { server: Server; close(): void };

export type EgressRules = { policy: EgressPolicy; budget: EgressBudget };

type Way = EgressRules & { http: HttpAgent; https: HttpsAgent; onRefused(reason: string): void };

/** `onRefused` hears every refusal. A redirect is the agent's own next request, so it is checked like any other. */
export function createEgressProxy(rules: EgressRules, onRefused: (reason: string) => void): EgressProxy {
  const settings = { keepAlive: true, maxTotalSockets: connectionsMax, timeout: idleConnectionMs };
  const agents = { http: new HttpAgent(settings), https: new HttpsAgent(settings) };
  const way: Way = { ...rules, ...agents, onRefused };
  const server = createServer({ requireHostHeader: false, requestTimeout: 0 }, (request, response) => {
    forward(way, request, response).catch((thrown: unknown) => {
      if (isRefusal(thrown)) onRefused(thrown.message);
      refuse(response, thrown);
    });
  });
  server.maxConnections = connectionsMax;
  // Raw TCP and protocol switches would leave our sight.
  server.on("connect", (_request, socket) => {
    onRefused("Raw connections are not possible; use fetch.");
    hangUp(socket);
  });
  server.on("upgrade", (_request, socket) => {
    onRefused("WebSocket connections are not possible.");
    hangUp(socket);
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  return {
    server,
    close() {
      server.close();
      server.closeAllConnections();
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** Node takes its own listeners off such a socket: whoever hung up meanwhile would end this process with an unheard error. */
function hangUp(socket: Duplex): void {
  socket.on("error", () => undefined);
  socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n", () => socket.destroy());
}

async function forward(way: Way, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = parseUrl(request);
  response.once("close", way.budget.begin());
  const addresses = await assertEgressAllowed(way.policy, url, way.budget);
  const upstream = open(way, { url, addresses }, request);
  upstream.on("timeout", () => upstream.destroy(new Error("No answer.")));
  upstream.on("error", (error) => refuse(response, error));
  upstream.on("response", (answer) => passOn(answer, response, (chunk) => count(chunk)));
  upstream.on("upgrade", (_answer, socket) => {
    socket.destroy();
    refuse(response, new Error("The host switched protocols without being asked."));
  });
  response.on("close", () => upstream.destroy());
  request.on("data", (chunk: Buffer) => count(chunk));
  pipeline(request, upstream, () => undefined);

  let isCut = false;
  function count({ length }: Buffer): void {
    if (way.budget.take(length) || isCut) return;
    isCut = true;
    way.onRefused("a request was cut, because the bytes of this minute are used up.");
    refuse(response, new EgressLimited("The request was cut, because the agent's bytes of this minute are used up."));
    upstream.destroy();
  }
}

function open(way: Way, target: { url: URL; addresses: LookupAddress[] }, request: IncomingMessage): ClientRequest {
  const { url, addresses } = target;
  // The connection goes to what was just checked; the name is not asked again.
  const lookup: LookupFunction = (_host, options, done) => {
    const [first] = addresses;
    if (options.all) done(null, addresses);
    else done(null, first?.address ?? "", first?.family);
  };
  const isSecure = url.protocol === "https:";
  return (isSecure ? requestHttps : requestHttp)(url, {
    method: request.method,
    headers: { ...forwardedHeaders(request.headers), host: url.host },
    agent: isSecure ? way.https : way.http,
    lookup,
    timeout: silenceMsMax,
  });
}

/** What a host answers is as untrusted as what an agent asks: a status or header that cannot be written fails this request only. */
function passOn(answer: IncomingMessage, response: ServerResponse, onChunk: (chunk: Buffer) => void): void {
  if (response.headersSent) return void answer.destroy();
  try {
    response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.rawHeaders));
  } catch (thrown) {
    answer.destroy();
    refuse(response, thrown);
    return;
  }
  answer.on("data", onChunk);
  pipeline(answer, response, () => undefined);
}

function parseUrl(request: IncomingMessage): URL {
  const text = request.url ?? "";
  if (!URL.canParse(text)) throw new EgressRefused("A request without an absolute address is not possible.");
  return new URL(text);
}

function refuse(response: ServerResponse, thrown: unknown): void {
  if (response.writableEnded) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const message = isRefusal(thrown) ? thrown.message : "The host could not be reached.";
  const [status, word] = kindOf(thrown);
  response.writeHead(status, { "content-type": "application/json", "x-egress": word });
  response.end(JSON.stringify({ error: { code: `EGRESS_${word.toUpperCase()}`, message } }));
}

function isRefusal(thrown: unknown): thrown is Error {
  return thrown instanceof EgressRefused || thrown instanceof EgressLimited;
}

function kindOf(thrown: unknown): [status: number, word: string] {
  if (thrown instanceof EgressLimited) return [429, "limited"];
  return thrown instanceof EgressRefused ? [403, "refused"] : [502, "failed"];
}

function forwardedHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
}

function withoutHopByHop(rawHeaders: string[]): string[] {
  const kept: string[] = [];
  for (let position = 0; position + 1 < rawHeaders.length; position += 2) {
    const name = rawHeaders[position] ?? "";
    if (!hopByHop.has(name.toLowerCase())) kept.push(name, rawHeaders[position + 1] ?? "");
  }
  return kept;
}
