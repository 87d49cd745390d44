// Every request as a span under the template of its route, in the trace that its caller began.
import type { FastifyInstance, FastifyRequest } from "fastify";
import { traceparentFrom } from "~/server/invocations/traceparent";
import { isTracing, openRequestSpan, type RequestSpan } from "~/server/observability/spans";
import { knownMethodOf } from "./known-method";

/** Asked every few seconds by machines that watch: nothing to learn from. */
const unwatched = new Set(["/healthz", "/readyz", "/metrics"]);

export function traceRequests(app: FastifyInstance): void {
  if (!isTracing()) return;
  app.addHook("onRequest", (request, reply, done) => {
    const span = openSpanOf(request);
    if (!span) return done();
    reply.raw.once("close", () => {
      const status = reply.raw.headersSent ? reply.raw.statusCode : 499;
      span.end({ "http.response.status_code": status }, status >= 500);
    });
    // Fastify keeps to it while a body comes in.
    span.run(done);
  });
}

function openSpanOf(request: FastifyRequest): RequestSpan | null {
  const route = request.routeOptions.url ?? "unknown";
  if (unwatched.has(route)) return null;
  const method = knownMethodOf(request.method);
  const facts = { "http.request.method": method, "http.route": route, "whs.trace_id": request.id };
  return openRequestSpan({ name: `${method} ${route}`, kind: "server", facts }, traceparentFrom(request.headers.traceparent));
}
