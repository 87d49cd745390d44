// The only way out of a sandbox: a proxy on a unix socket that checks where each request goes and connects to nothing else.
import {
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
import { assertEgressAllowed, type EgressPolicy, EgressRefused } from "./egress-policy";

const connectionsMax = 64;
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

/** `onRefused` hears every refusal. A redirect is the agent's own next request, so it is checked like any other. */
export function createEgressProxy(policy: EgressPolicy, onRefused: (reason: string) => void): EgressProxy {
  const settings = { keepAlive: true, maxSockets: connectionsMax, timeout: idleConnectionMs };
  const agents = { http: new HttpAgent(settings), https: new HttpsAgent(settings) };
  const server = createServer({ requireHostHeader: false, requestTimeout: 0 }, (request, response) => {
    forward(policy, agents, request, response).catch((thrown: unknown) => {
      if (thrown instanceof EgressRefused) onRefused(thrown.message);
      refuse(response, thrown);
    });
  });
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

async function forward(
  policy: EgressPolicy,
  agents: { http: HttpAgent; https: HttpsAgent },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = parseUrl(request);
  const addresses = await assertEgressAllowed(policy, url);
  // The connection goes to what was just checked; the name is not asked again.
  const lookup: LookupFunction = (_host, options, done) => {
    const [first] = addresses;
    if (options.all) done(null, addresses);
    else done(null, first?.address ?? "", first?.family);
  };
  const isSecure = url.protocol === "https:";
  const upstream = (isSecure ? requestHttps : requestHttp)(url, {
    method: request.method,
    headers: { ...forwardedHeaders(request.headers), host: url.host },
    agent: isSecure ? agents.https : agents.http,
    lookup,
    timeout: silenceMsMax,
  });
  upstream.on("timeout", () => upstream.destroy(new Error("No answer.")));
  upstream.on("error", (error) => refuse(response, error));
  upstream.on("response", (answer) => passOn(answer, response));
  upstream.on("upgrade", (_answer, socket) => {
    socket.destroy();
    refuse(response, new Error("The host switched protocols without being asked."));
  });
  response.on("close", () => upstream.destroy());
  pipeline(request, upstream, () => undefined);
}

/** What a host answers is as untrusted as what an agent asks: a status or header that cannot be written fails this request only. */
function passOn(answer: IncomingMessage, response: ServerResponse): void {
  try {
    response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.rawHeaders));
  } catch (thrown) {
    answer.destroy();
    refuse(response, thrown);
    return;
  }
  pipeline(answer, response, () => undefined);
}

function parseUrl(request: IncomingMessage): URL {
  const text = request.url ?? "";
  if (!URL.canParse(text)) throw new EgressRefused("A request without an absolute address is not possible.");
  return new URL(text);
}

function refuse(response: ServerResponse, thrown: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const isRefused = thrown instanceof EgressRefused;
  const message = isRefused ? thrown.message : "The host could not be reached.";
  response.writeHead(isRefused ? 403 : 502, { "content-type": "application/json", "x-egress": isRefused ? "refused" : "failed" });
  response.end(JSON.stringify({ error: { code: isRefused ? "EGRESS_REFUSED" : "EGRESS_FAILED", message } }));
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
