// What Prometheus reads. Without the token the address looks as missing as it does where metrics are off (MISSION G6).
import type { FastifyInstance } from "fastify";
import { useCredential } from "~/server/credentials/use-credential";
import { notFound } from "~/server/errors";
import { showsToken } from "~/server/observability/shows-token";
import type { Door } from "./door";

const contentType = "text/plain; version=0.0.4; charset=utf-8";

export function mountMetrics(app: FastifyInstance, { metrics, services }: Pick<Door, "metrics" | "services">): void {
  app.get("/metrics", async (request, reply) => {
    const { token } = services.config.metrics;
    if (!metrics || !token || !showsToken(request.headers.authorization, token)) throw notFound("address");
    useCredential(services, "METRICS_TOKEN");
    return reply
      .type(contentType)
      .header("cache-control", "no-store")
      .send(await metrics.render());
  });
}
