// Metrics open to who shows the token, count what happened, name no tenant, and reach a collector of OpenTelemetry's.
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { serveMetrics } from "~/jobs/serve-metrics";
import { startWeb, type Web } from "~/server/http/start-web";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { callAgent } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { observeServices } from "./observe-services";
import { observeWork } from "./observe-work";
import { type Metrics, startMetrics } from "./start-metrics";

/** The machine may be busy. */
const patience = { timeout: 30_000 };
const token = "a token for a scraper, long".replaceAll(" ", "-");
let provider: FakeProvider;
let services: TestServices;
let metrics: Metrics;
let web: Web;
let agent: LiveAgent;

beforeAll(async () => {
  provider = createFakeProvider();
  services = await createTestServices({
    providers: createProviderRegistry([provider]),
    config: { metrics: { token, workerPort: 0, otlp: false } },
  });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  const started = await startMetrics(services.config, "test");
  if (!started) throw new Error("nothing is counted");
  metrics = started;
  web = await startWeb(services, { rootDirectory: null, watchesBuild: false, metrics });
  agent = await createLiveAgent(services, await createTestTenant(services, { name: "Acme Secret Corp" }), provider);
});
afterEach(async () => {
  await web.drain();
  await metrics.close();
  vi.unstubAllEnvs();
});

const scrape = (authorization?: string, url = web.url) =>
  fetch(new URL("/metrics", url), { headers: authorization ? { authorization } : {}, signal: AbortSignal.timeout(30_000) });
const missing = async () => {
  const answer = await fetch(new URL("/no-such-address", web.url), { signal: AbortSignal.timeout(30_000) });
  return [answer.status, (await answer.json()).error];
};

describe("/metrics", () => {
  it("looks missing to whoever shows no token, or another", async () => {
    for (const shown of [undefined, token, `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `Basic ${token}`, "Bearer "]) {
      const answer = await scrape(shown);
      expect([answer.status, (await answer.json()).error], shown).toEqual(await missing());
    }
    expect((await scrape(`Bearer ${token}`)).status).toBe(200);
  });

  it("counts requests by template, calls by outcome and transactions by size, and names no tenant, person, agent or id", async () => {
    for (let call = 0; call < 3; call += 1) expect((await callAgent(web.url, agent)).status).toBe(200);
    expect((await callAgent(web.url, { ...agent, apiKey: "whs_wrong" })).status).toBe(401);
    await vi.waitFor(
      async () => expect(await metrics.render()).toContain('whs_group_commit_size_count{writer="call records"'),
      patience,
    );
    const text = await (await scrape(`Bearer ${token}`)).text();
    expect(text).toMatch(
      /whs_http_request_duration_seconds_count\{method="POST",route="\/v1\/invoke\/:agentId",status="200".*\} 3/,
    );
    expect(text).toMatch(
      /whs_http_request_duration_seconds_count\{method="POST",route="\/v1\/invoke\/:agentId",status="401".*\} 1/,
    );
    expect(text).toMatch(
      /whs_invocation_duration_seconds_count\{runtime="embedded",mode="json",outcome="ok",error_class="none".*\} 3/,
    );
    expect(text).toMatch(/whs_event_loop_lag_seconds\{quantile="0.99".*\} \d/);
    const { workspaceId, agentId, deploymentId, ownerUserId, apiKey } = agent;
    for (const word of [workspaceId, agentId, deploymentId, ownerUserId, apiKey, "Acme", "example.test", token]) {
      expect(text).not.toContain(word);
    }
    expect(text).not.toMatch(/\b(wks|usr|agt|dep|key|trc|inv|ses)_[0-9A-Z]{10}/);
  });

  it("does not grow with addresses that nobody serves", async () => {
    const seriesOf = async () =>
      (await metrics.render()).split("\n").filter((line) => line.includes("request_duration_seconds_count"));
    const ask = (path: string) => fetch(new URL(path, web.url), { signal: AbortSignal.timeout(30_000) });
    await ask("/x/1");
    await vi.waitFor(async () => expect((await seriesOf()).length).toBeGreaterThan(0), patience);
    const before = (await seriesOf()).length;
    await Promise.all(Array.from({ length: 30 }, (_, nth) => ask(`/x/${nth}/${nth}`)));
    expect(await seriesOf()).toHaveLength(before);
  });

  it("counts a request that is in flight, and counts it as over when its caller went away", async () => {
    const inFlight = async () =>
      /whs_http_requests_in_flight\{route="\/v1\/invoke\/:agentId"[^}]*\} (\d+)/.exec(await metrics.render())?.[1];
    const { port } = new URL(web.url);
    const half = connect(Number(port), "127.0.0.1");
    half.write(
      `POST /v1/invoke/${agent.agentId} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${agent.apiKey}\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{`,
    );
    await vi.waitFor(async () => expect(await inFlight()).toBe("1"), patience);
    half.destroy();
    await vi.waitFor(async () => expect(await inFlight()).toBe("0"), patience);
    expect(await metrics.render()).toMatch(
      /duration_seconds_count\{method="POST",route="\/v1\/invoke\/:agentId",status="499"\} 1/,
    );
  });
});

describe("a worker", () => {
  it("shows queues, what waits and runtimes on a port of its own, behind the same token", async () => {
    observeWork(metrics.meter, services, ["webhook-deliver"]);
    observeServices(metrics.meter, services, new Map([["app", { totalCount: 3, idleCount: 1, waitingCount: 2 }]]));
    await services.redis.rpush("whs:webhook-deliver:wait", "1", "2");
    const text = await metrics.render();
    expect(text).toMatch(/whs_queue_jobs\{job="webhook-deliver",state="wait".*\} 2/);
    expect(text).toMatch(/whs_backlog_rows\{kind="deployments".*\} 0/);
    expect(text).toMatch(/whs_db_connections\{role="app",state="waiting".*\} 2/);
    expect(text).toMatch(/whs_redis_up\S* 1/);
    const port = await freePort();
    const stop = await serveMetrics({ host: "127.0.0.1", metrics: { token, workerPort: port, otlp: false } }, metrics);
    try {
      expect((await scrape(`Bearer ${token}`, `http://127.0.0.1:${port}`)).status).toBe(200);
      expect((await scrape(undefined, `http://127.0.0.1:${port}`)).status).toBe(404);
    } finally {
      stop();
    }
  });
});

describe("a collector of OpenTelemetry's", () => {
  it("gets the same over OTLP, with the headers of the standard variables, before the process ends", async () => {
    const collector = await startCollector();
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url);
    vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "x-collector-key=for-the-collector");
    const sending = await startMetrics({ ...services.config, metrics: { token: null, workerPort: null, otlp: true } }, "web");
    try {
      await callAgent(web.url, agent);
    } finally {
      await sending?.close();
      await collector.close();
    }
    expect(collector.got.map(({ path, key }) => [path, key])).toContainEqual(["/v1/metrics", "for-the-collector"]);
    const said = JSON.stringify(collector.got.map(({ body }) => body));
    expect(said).toContain("whs.http.request.duration.seconds");
    for (const word of [agent.workspaceId, agent.agentId, agent.apiKey, "Acme"]) expect(said).not.toContain(word);
  });

  it("is not loaded, nor anything else, where nobody asked for metrics", async () => {
    expect(await startMetrics({ ...services.config, metrics: { token: null, workerPort: 1, otlp: false } }, "web")).toBeNull();
  });
});

type Got = { path: string; key: string | undefined; body: string };

async function startCollector(): Promise<{ url: string; got: Got[]; close(): Promise<void> }> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const key = request.headers["x-collector-key"];
      got.push({ path: request.url ?? "", key: String(key), body: Buffer.concat(pieces).toString() });
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    got,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
