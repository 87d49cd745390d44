// A body must arrive within its time: a client that sends a byte now and then does not keep a connection (slow loris).
import type { FastifyReply, FastifyRequest } from "fastify";
import { AppError, toEnvelope } from "~/server/errors";

const bodyTimeoutMs = 30_000;

/** The upload door takes long bodies; it is bounded by the server's own request timeout and by its stream. */
const slowPaths = new Set(["/v1/uploads"]);

/** Answers 408 and hangs up when the body is not complete in time. */
export function demandBodyInTime(request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request;
  if (raw.method === "GET" || raw.method === "HEAD" || slowPaths.has(raw.url ?? "")) return;
  const timer = setTimeout(() => {
    if (!raw.complete) refuse(request, reply);
  }, bodyTimeoutMs);
  timer.unref();
  raw.once("end", () => clearTimeout(timer));
  raw.once("close", () => clearTimeout(timer));
}

function refuse(request: FastifyRequest, reply: FastifyReply): void {
  if (!reply.raw.headersSent) {
    const error = new AppError("INVALID_REQUEST", `The body did not arrive within ${bodyTimeoutMs / 1_000} seconds.`);
    reply.hijack();
    reply.raw.writeHead(408, { "content-type": "application/json; charset=utf-8", connection: "close" });
    reply.raw.end(JSON.stringify(toEnvelope(error, request.id)));
  }
  request.raw.destroy();
}
