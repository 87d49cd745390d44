// README's second half: with nothing but an API key, from a zip to an agent that answers, is metered and audited.
import { afterAll, beforeAll, expect, it } from "vitest";
import { ApiClient, agentZip, until, zipOfExample } from "./api-client";
import { eventsOf } from "./event-stream";
import { freshDataDir, type Product, removeDataDir, startProduct } from "./product";

let product: Product;
let api: ApiClient;

beforeAll(async () => {
  product = await startProduct({ dataDir: freshDataDir() });
  api = new ApiClient(product.url, product.apiKey);
});

afterAll(async () => {
  await product?.stop();
  if (product) removeDataDir(product.dataDir);
});

it("the sample agent answers right after the start", async () => {
  const answer = await api.invoke(product.agentId, "hello");
  expect(answer.status).toBe(200);
  expect(answer.headers.get("x-trace-id")).toBe(answer.body.traceId);
  expect(answer.body).toMatchObject({ output: { text: expect.any(String) }, sessionId: expect.stringMatching(/^ses_/) });
});

it("an uploaded bundle goes live and streams in the order of the contract", async () => {
  const { agentId, deployment } = await api.deploy("streamer", zipOfExample("hello"));
  expect(deployment).toMatchObject({ status: "active", stage: "active", version: 1 });
  const events = [];
  for await (const event of eventsOf(await api.stream(agentId, "hi"))) events.push(event);
  const names = events.map((event) => event.event);
  expect(names[0]).toBe("meta");
  expect(names.slice(-2)).toEqual(["usage", "done"]);
  expect(new Set(names.slice(1, -2))).toEqual(new Set(["delta"]));
  expect(events.every((event) => event.id !== null)).toBe(true);
});

it("a session remembers across calls, and a foreign session looks missing", async () => {
  const { agentId } = await api.deploy("counter", zipOfExample("counter"));
  const first = await api.invoke(agentId, "count");
  const second = await api.invoke(agentId, "count", String(first.body.sessionId));
  expect(second.body.sessionId).toBe(first.body.sessionId);
  expect(second.body.output).not.toEqual(first.body.output);
  const foreign = await api.invoke(agentId, "count", "ses_01JD0000000000000000000000");
  expect(foreign.status).toBe(404);
});

it("a missing required key is named before anything is deployed, and set keys reach the agent", async () => {
  const zip = zipOfExample("secrets-check");
  const upload = await api.upload(zip);
  const keys = ((upload.body.manifest as { env: { requiredKeys: string[] } }).env.requiredKeys ?? []) as string[];
  const agent = await api.call("POST", "/v1/agents", { name: "secretive" });
  const path = `/v1/agents/${agent.body.agentId}`;
  const refused = await api.call("POST", `${path}/deployments`, { uploadId: upload.body.uploadId });
  expect(refused.status).toBe(400);
  expect(JSON.stringify(refused.body)).toContain(keys[0]);
  for (const name of keys)
    expect((await api.call("PUT", `${path}/secrets/${name}`, { value: "canary-value-1" })).status).toBe(200);
  const created = await api.call("POST", `${path}/deployments`, { uploadId: upload.body.uploadId });
  expect(created.status).toBe(202);
  expect((await api.finished(String(created.body.deploymentId))).status).toBe("active");
  const answer = await api.invoke(String(agent.body.agentId), "check");
  expect(answer.status).toBe(200);
  expect(JSON.stringify(answer.body)).not.toContain("canary-value-1");
});

it("bundles that misbehave fail with their own words and leave the neighbour alone", async () => {
  const throws = await api.deploy(
    "throws-at-import",
    agentZip("throws-at-import", `throw new Error("no moon tonight"); export default () => "x";`),
  );
  expect(throws.deployment.status).toBe("failed");
  expect(JSON.stringify(throws.deployment)).toContain("no moon tonight");
  const garbage = await api.deploy("garbage", agentZip("garbage", "export default () => 42;"));
  expect(garbage.deployment.status).toBe("failed");
  const broken = await api.deploy("broken", agentZip("broken", "export default (a => {"));
  expect(broken.deployment.status).toBe("failed");
  expect(JSON.stringify(broken.deployment)).toContain("src/index.ts");
  expect((await api.invoke(product.agentId, "still there?")).status).toBe(200);
});

it("what was invoked is metered and can be found by its trace id", async () => {
  const answer = await api.invoke(product.agentId, "count me");
  const usage = await until(15_000, "telemetry of the call", async () => {
    const got = await api.call("GET", `/v1/agents/${product.agentId}/metrics`);
    const totals = got.body.totals as { requests: number } | undefined;
    return got.status === 200 && totals && totals.requests >= 3 ? got.body : null;
  });
  expect(usage.totals).toMatchObject({ errors: 0 });
  expect(answer.headers.get("x-trace-id")).toMatch(/^trc_/);
});
