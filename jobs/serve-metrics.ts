// The worker's only listener: what Prometheus reads of it, where a port is configured for that.
import { createServer } from "node:http";
import type { Config } from "~/server/config";
import { showsToken } from "~/server/observability/shows-token";
import type { Metrics } from "~/server/observability/start-metrics";

const answerTimeoutMs = 10_000;

/** Rejects when the port is taken. Without a port or a token nothing listens. */
export async function serveMetrics(config: Pick<Config, "metrics" | "host">, metrics: Metrics | null): Promise<() => void> {
  const { token, workerPort } = config.metrics;
  if (!metrics || !token || workerPort === null) return () => undefined;
  const server = createServer({ requestTimeout: answerTimeoutMs, headersTimeout: answerTimeoutMs }, (request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics" || !showsToken(request.headers.authorization, token)) {
      response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("There is no such address.\n");
      return;
    }
    metrics.render().then(
      (text) => response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(workerPort, config.host, resolve);
  });
  return () => {
    server.closeAllConnections();
    server.close();
  };
}
