// What the gateway adds to a warm call: through it against the agent host's own socket, call by call in turn, in one run.
//
// Run with: node launch/bootstrap.mjs bench invoke
// Everything is the product as `npm start` runs it. Ratios and differences count; a busy machine spoils the absolute times.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Pool } from "undici";
import { ApiClient, agentZip } from "~/e2e/api-client";
import { startProduct } from "~/e2e/product";
import { newUlid } from "~/runtime/contract/new-ulid";

const goals = { addedMs: 1 };
const rounds = 20;
const callsPerRound = 50;
const parallelCalls = 32;
const parallelTotal = 3_000;

const dataDir = mkdtempSync(path.join(os.tmpdir(), "whs-bench-"));
const product = await startProduct({ dataDir });
try {
  say(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}`);
  const api = new ApiClient(product.url, product.apiKey);
  const { agentId, deploymentId } = await api.deploy("bench", agentZip("bench", `export default () => "Hello";`));
  const sessionId = String((await api.invoke(agentId, "hello")).body.sessionId);
  await measure({ agentId, deploymentId, sessionId });
} finally {
  await product.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

type Place = { agentId: string; deploymentId: string; sessionId: string };
type Call = () => Promise<void>;

async function measure(place: Place): Promise<void> {
  const calls: Record<string, Call> = {
    "agent host's socket": directCall(place),
    "gateway, session continued": gatewayCall(place.agentId, place.sessionId),
    "gateway, session new": gatewayCall(place.agentId),
  };
  const times = new Map<string, number[]>(Object.keys(calls).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, call] of Object.entries(calls)) await repeat(call, times.get(name) ?? []);
  }
  // The first round warms everything up.
  const p50 = (name: string) => quantile((times.get(name) ?? []).slice(callsPerRound), 0.5);
  const direct = p50("agent host's socket");
  say(`     agent host's socket          p50 ${direct.toFixed(2)} ms`);
  for (const name of Object.keys(calls).slice(1)) {
    const added = p50(name) - direct;
    const verdict = added <= goals.addedMs ? "ok  " : "MISS";
    say(`${verdict} ${name.padEnd(28)} p50 ${p50(name).toFixed(2)} ms, adds ${added.toFixed(2)} ms (goal ${goals.addedMs})`);
  }
  // A session answers one message at a time.
  for (const [name, call] of Object.entries(calls).filter(([name]) => !name.endsWith("continued")))
    say(`     ${name.padEnd(28)} ${Math.round(await throughput(call))} calls/s at ${parallelCalls}`);
}

function directCall({ deploymentId, sessionId }: Place): Call {
  const token = /AGENT_HOST_TOKEN=([0-9a-f]+)/.exec(readFileSync(path.join(dataDir, "secrets.env"), "utf8"))?.[1];
  const pool = new Pool("http://host", { socketPath: path.join(dataDir, "run", "agent-host.sock"), connections: parallelCalls });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return async () => {
    const messages = [{ role: "user", content: "hello" }];
    const body = JSON.stringify({
      traceId: `trc_${newUlid()}`,
      sessionId,
      messages,
      options: {},
      metadata: {},
      timeoutMs: 10_000,
    });
    await answered(pool.request({ method: "POST", path: `/deployments/${deploymentId}/invoke`, headers, body }));
  };
}

function gatewayCall(agentId: string, sessionId?: string): Call {
  const pool = new Pool(product.url, { connections: parallelCalls });
  const headers = { authorization: `Bearer ${product.apiKey}`, "content-type": "application/json" };
  const body = JSON.stringify({ input: { prompt: "hello" }, ...(sessionId ? { sessionId } : {}) });
  return () => answered(pool.request({ method: "POST", path: `/v1/invoke/${agentId}`, headers, body }));
}

async function answered(request: Promise<{ statusCode: number; body: { text(): Promise<string> } }>): Promise<void> {
  const { statusCode, body } = await request;
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`A call answered ${statusCode}: ${text.slice(0, 300)}`);
}

async function repeat(call: Call, times: number[]): Promise<void> {
  for (let n = 0; n < callsPerRound; n += 1) {
    const began = performance.now();
    await call();
    times.push(performance.now() - began);
  }
}

async function throughput(call: Call): Promise<number> {
  let left = parallelTotal;
  const began = performance.now();
  const work = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: parallelCalls }, work));
  return parallelTotal / ((performance.now() - began) / 1_000);
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
