// What must survive: each program and server killed without warning during a deploy and a stream, one at a time, then all at once.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ApiClient, agentZip, until } from "./api-client";
import { eventsOf } from "./event-stream";
import { freshDataDir, type Product, removeDataDir, startProduct } from "./product";

const slowStream = `export default async function* handler() {
  for (let n = 0; n < 30; n += 1) { yield "tick " + n + " "; await new Promise((done) => setTimeout(done, 100)); }
}`;

/** Slow enough at the start to be caught between its stages. */
const slowStart = (version: number) => `export default async function handler() {
  await new Promise((done) => setTimeout(done, 600));
  return "version ${version}";
}`;

const healMs = 60_000;

let product: Product;
let api: ApiClient;
let streamer: string;
let deployed = 0;

beforeAll(async () => {
  product = await startProduct({ dataDir: freshDataDir() });
  api = new ApiClient(product.url, product.apiKey);
  streamer = (await api.deploy("slow-stream", agentZip("slow-stream", slowStream))).agentId;
});

afterAll(async () => {
  await product?.stop();
  if (product) removeDataDir(product.dataDir);
});

function pidOf(victim: string): number {
  const { dataDir } = product;
  if (victim === "postgres") return Number(readFileSync(join(dataDir, "postgres/data/postmaster.pid"), "utf8").split("\n")[0]);
  if (victim === "redis") return Number(readFileSync(join(dataDir, "redis/redis.pid"), "utf8"));
  const marks = JSON.parse(readFileSync(join(dataDir, "processes.json"), "utf8")) as Record<string, { pid: number }>;
  const mark = marks[victim];
  if (!mark) throw new Error(`${victim} is not running.`);
  return mark.pid;
}

/** Opens a stream, begins a deployment, strikes; answers how both ended. */
async function strikeDuring(strike: () => void) {
  deployed += 1;
  const name = `slow-start-${deployed}`;
  const agentId = String((await api.call("POST", "/v1/agents", { name })).body.agentId);
  const events = eventsOf(await api.stream(streamer, "go"));
  expect((await events.next()).value?.event).toBe("meta");
  expect((await events.next()).value?.event).toBe("delta");
  const deploymentId = await api.beginDeployment(agentId, agentZip(name, slowStart(deployed)));
  strike();
  const rest = drain(events);
  return { agentId, deploymentId, rest };
}

/** The last event's name; `cut` when the connection broke without one. */
async function drain(events: AsyncGenerator<{ event: string }>): Promise<string> {
  let last = "cut";
  try {
    for await (const event of events) last = event.event;
  } catch {
    return "cut";
  }
  return last;
}

async function expectHealed(struck: { agentId: string; deploymentId: string; rest: Promise<string> }) {
  expect(["done", "error", "cut", "delta"]).toContain(await struck.rest);
  const deployment = await api.finished(struck.deploymentId, healMs);
  expect(deployment).toMatchObject({ status: "active" });
  const answer = await until(healMs, "the new version to answer", async () => {
    const got = await api.invoke(struck.agentId, "which?").catch(() => null);
    return got?.status === 200 ? got : null;
  });
  expect(answer.body.output).toEqual({ text: `version ${deployed}` });
  const sample = await api.invoke(product.agentId, "still there?");
  expect(sample.status).toBe(200);
}

for (const victim of ["web", "worker", "agent-host", "redis", "postgres"]) {
  it(`kill -9 of ${victim} during a deploy and a stream loses nothing and leaves nothing stuck`, async () => {
    await expectHealed(await strikeDuring(() => process.kill(pidOf(victim), "SIGKILL")));
  });
}

it("kill -9 of everything at once, and the next start finds all that was there", async () => {
  const before = await api.call("GET", "/v1/agents?limit=100");
  const struck = await strikeDuring(() => {
    const pids = ["web", "worker", "agent-host", "redis", "postgres"].map(pidOf);
    for (const pid of [product.process.pid ?? 0, ...pids]) process.kill(pid, "SIGKILL");
  });
  await struck.rest;
  product = await startProduct({ dataDir: product.dataDir });
  api = new ApiClient(product.url, product.apiKey);
  await expectHealed(struck);
  const after = await api.call("GET", "/v1/agents?limit=100");
  const idsOf = (answer: typeof before) => (answer.body.items as { agentId: string }[]).map((item) => item.agentId);
  expect(idsOf(after)).toEqual(expect.arrayContaining(idsOf(before)));
  expect(await product.stop()).toBe(0);
});
