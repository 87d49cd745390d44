// Counts and times every request under the template of its route: addresses as they came hold ids, and would be without number.
import type { FastifyInstance } from "fastify";
import { instruments } from "~/server/observability/instruments";
import { knownMethodOf } from "./known-method";

export function observeRequests(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    const began = performance.now();
    const route = request.routeOptions.url ?? "unknown";
    const { httpDuration, httpInFlight } = instruments();
    httpInFlight.add(1, { route });
    // The end of the connection's part in it, also when whoever asked went away.
    reply.raw.once("close", () => {
      httpInFlight.add(-1, { route });
      const method = knownMethodOf(request.method);
      const status = reply.raw.headersSent ? reply.raw.statusCode : 499;
      httpDuration.record((performance.now() - began) / 1_000, { method, route, status });
    });
    done();
  });
}
