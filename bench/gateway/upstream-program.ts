// What stands behind every gateway that is measured: answers as an agent host does and as OpenAI does, at once, on a unix socket and on a port.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";

export type UpstreamWord = { port: number };
type Asked = { sessionId: string; traceId: string };

const usage = { tokens: 3, computeMs: 1, toolCalls: 0 };
const completion = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "bench",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const text = request.url?.endsWith("/invoke") ? invokeAnswer(chunks) : completion;
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
    response.end(text);
  });
}

function invokeAnswer(chunks: Buffer[]): string {
  const { sessionId, traceId } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Asked;
  return JSON.stringify({ output: { text: "Hello" }, sessionId, usage, traceId });
}

function open(): Server {
  const server = createServer({ keepAliveTimeout: 75_000 }, answer);
  server.requestTimeout = 0;
  return server;
}

const [, , socketPath] = process.argv;
open().listen(socketPath, () => {
  const onPort = open().listen(0, "127.0.0.1", () => {
    process.send?.({ port: (onPort.address() as AddressInfo).port } satisfies UpstreamWord);
  });
});
