// The HTTP contract of AgentCore: GET /ping says whether it is busy, POST /invocations answers frames as they come.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { NodeRequest } from "~/runtime/contract/node-protocol";
import { answerCall, type NodeAgent, sendFrame } from "./answer-call";

const bodyBytesMax = 32 * 1024 * 1024;

export function startNodeServer(agent: NodeAgent & { port: number }): void {
  let calls = 0;
  let changedAt = Math.floor(Date.now() / 1_000);
  let wasBusy = false;

  /** `time_of_last_update` is not in the vendor's pages, but without it a busy process is taken away as if it were idle. */
  function ping(response: ServerResponse): void {
    const isBusy = calls > 0 || agent.reporter.pending > 0;
    if (isBusy !== wasBusy) changedAt = Math.floor(Date.now() / 1_000);
    wasBusy = isBusy;
    const body = JSON.stringify({ status: isBusy ? "HealthyBusy" : "Healthy", time_of_last_update: changedAt });
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  }

  async function invoke(request: IncomingMessage, response: ServerResponse): Promise<void> {
    calls += 1;
    try {
      const asked = await readRequest(request);
      if (asked === null) return void response.writeHead(400).end();
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      await sendFrame(response, { begun: true });
      // Node holds what was written until this turn is over, and the handler may take all of it for itself.
      await new Promise((resolve) => setImmediate(resolve));
      await answerCall(agent, asked, response);
    } finally {
      calls -= 1;
    }
  }

  const server = createServer((request, response) => {
    if (request.method === "GET" && request.url === "/ping") return ping(response);
    if (request.method !== "POST" || request.url !== "/invocations") return void response.writeHead(404).end();
    void invoke(request, response).catch(() => response.destroy());
  });
  server.requestTimeout = 0;
  server.listen(agent.port, "0.0.0.0");
}

async function readRequest(request: IncomingMessage): Promise<NodeRequest | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyBytesMax) return null;
    chunks.push(chunk);
  }
  try {
    const asked = JSON.parse(Buffer.concat(chunks).toString("utf8")) as NodeRequest;
    return asked.kind === "start" || (asked.kind === "call" && typeof asked.call === "object") ? asked : null;
  } catch {
    return null;
  }
}
