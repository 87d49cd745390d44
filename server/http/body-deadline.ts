// A body must arrive within its time: a client that sends a byte now and then does not keep a connection (slow loris).
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { AppError, toEnvelope } from "~/server/errors";

const bodyTimeoutMs = 30_000;

/** The upload door takes long bodies; it is bounded by the server's own request timeout and by its stream. */
const slowPaths = new Set(["/v1/uploads"]);

/** Answers 408 and hangs up when the body is not complete in time. */
export function demandBodyInTime(request: FastifyRequest, reply: FastifyReply): void {
  const { raw, id } = request;
  if (raw.method === "GET" || raw.method === "HEAD" || slowPaths.has(raw.url ?? "")) return;
  awaitBody(raw, reply.raw, () => {
    reply.hijack();
    return { id, head: [] };
  });
}

/** `begin` is asked for the answer's trace and headers when it is too late. */
export function awaitBody(
  request: IncomingMessage,
  response: ServerResponse,
  begin: () => { id: string; head: readonly string[] },
): void {
  const timer = setTimeout(() => {
    if (!request.complete) refuse(request, response, begin);
  }, bodyTimeoutMs);
  timer.unref();
  request.once("end", () => clearTimeout(timer));
  request.once("close", () => clearTimeout(timer));
}

function refuse(request: IncomingMessage, response: ServerResponse, begin: () => { id: string; head: readonly string[] }): void {
  if (!response.headersSent) {
    const { id, head } = begin();
    const error = new AppError("INVALID_REQUEST", `The body did not arrive within ${bodyTimeoutMs / 1_000} seconds.`);
    response.writeHead(408, [...head, "content-type", "application/json; charset=utf-8", "connection", "close"]);
    response.end(JSON.stringify(toEnvelope(error, id)));
  }
  request.destroy();
}
