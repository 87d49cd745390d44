// Counts and times every request under the template of its route: addresses as they came hold ids, and would be without number.
import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { instruments } from "~/server/observability/instruments";
import { knownMethodOf } from "./known-method";

export function observeRequests(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    observeRequest(reply.raw, { method: request.method, route: request.routeOptions.url ?? "unknown" });
    done();
  });
}

export function observeRequest(response: ServerResponse, asked: { method: string; route: string }): void {
  const began = performance.now();
  const { route } = asked;
  const { httpDuration, httpInFlight } = instruments();
  httpInFlight.add(1, { route });
  // The end of the connection's part in it, also when whoever asked went away.
  response.once("close", () => {
    httpInFlight.add(-1, { route });
    const method = knownMethodOf(asked.method);
    const status = response.headersSent ? response.statusCode : 499;
    httpDuration.record((performance.now() - began) / 1_000, { method, route, status });
  });
}
