// The least that a gateway in Node can be: node's own server, a key looked up by its hash in memory, undici to the upstream, bytes passed on.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { type Dispatcher, Pool } from "undici";

const [, , socketPath = "", key = "", path = ""] = process.argv;
const keys = new Map([[digestOf(`Bearer ${key}`), { keyId: "key_1" }]]);
const pool = new Pool("http://upstream", { socketPath, connections: null, pipelining: 1 });

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  if (!keys.has(digestOf(request.headers.authorization ?? ""))) {
    response.writeHead(401).end();
    return;
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const headers = { "content-type": "application/json" };
    pool.dispatch({ method: "POST", path, headers, body: Buffer.concat(chunks) }, passTo(response));
  });
}

function passTo(response: ServerResponse): Dispatcher.DispatchHandler {
  return {
    onRequestStart: () => undefined,
    onResponseStart: (_controller, status, headers) => void response.writeHead(status, headers),
    onResponseData: (_controller, chunk) => void response.write(chunk),
    onResponseEnd: () => void response.end(),
    onResponseError: () => void response.destroy(),
  };
}

const server = createServer({ keepAliveTimeout: 75_000 }, serve).listen(0, "127.0.0.1", () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
