// Many streams held open and many that their callers leave: afterwards the gateway holds no socket, no descriptor and no memory of them (MISSION E8).
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Web } from "~/server/http/start-web";
import type { FakeProvider } from "~/server/providers/fake/fake-provider";
import { createTestTenant } from "./factories";
import { createLiveAgent, type LiveAgent } from "./live-agent";
import { overrideLimits } from "./override-limits";
import type { TestServices } from "./test-services";

/** Says its first word, then nothing until it is told to stop; counts both. */
const silentAgent = `export default async function* (request, context) {
  globalThis.silentAgents.running += 1;
  try {
    yield "hello";
    await new Promise((resolve) => context.signal.addEventListener("abort", resolve, { once: true }));
  } finally {
    globalThis.silentAgents.running -= 1;
  }
}`;

export type StreamCampaign = { idle: number; aborted: number; atOnce: number };
type Ground = { services: TestServices; provider: FakeProvider; web: Web };
type Left = { descriptors: number; heapBytes: number };

/** What may differ between two equal states: lazily opened connections, compiled code, caches that are bounded. */
const descriptorsSlack = 30;
const heapSlackBytes = 48 * 1024 * 1024;
const settleWithinMs = 45_000;

/** Throws with both counts when something stays behind. */
export async function runStreamCampaign(ground: Ground, campaign: StreamCampaign): Promise<void> {
  const counts = { running: 0 };
  Object.assign(globalThis, { silentAgents: counts });
  const tenant = await createTestTenant(ground.services);
  const limits = {
    concurrencyMax: 100_000,
    callsPerMinuteMax: 1_000_000,
    requestsMax: 1_000_000,
    computeMsMax: 1e13,
    tokensMax: 1e12,
  };
  await overrideLimits(ground.services, tenant.workspace, limits);
  const agent = await createLiveAgent(ground.services, tenant, ground.provider, { module: silentAgent });
  // Once over: what is made once and kept (connections, compiled code) is there.
  await hold(ground, agent, counts, Math.min(campaign.idle, campaign.atOnce));
  const before = look();
  await hold(ground, agent, counts, campaign.idle);
  for (let left = campaign.aborted; left > 0; left -= campaign.atOnce) {
    await hold(ground, agent, counts, Math.min(left, campaign.atOnce));
  }
  await until(() => look().descriptors <= before.descriptors + descriptorsSlack, "descriptors");
  const after = look();
  if (after.heapBytes > before.heapBytes + heapSlackBytes) {
    throw new Error(`memory stayed behind: ${JSON.stringify({ before, after })}`);
  }
}

/** Opens so many streams, waits until each has begun, and leaves all of them without a word. */
async function hold({ web }: Ground, agent: LiveAgent, counts: { running: number }, streams: number): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: streams }, () => openStream(web.url, agent)));
  await until(() => counts.running === streams, "streams begun");
  for (const socket of sockets) socket.destroy();
  await until(() => counts.running === 0, "agents stopped");
}

/** Resolves with its first bytes. */
function openStream(url: string, agent: LiveAgent): Promise<Socket> {
  const body = '{"input":{"prompt":"hello"}}';
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const head = [
    `POST /v1/invoke/${agent.agentId}/stream HTTP/1.1`,
    "Host: x",
    `Authorization: Bearer ${agent.apiKey}`,
    `Content-Length: ${body.length}`,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("data", (bytes) => {
      const isStream = bytes.toString("latin1").startsWith("HTTP/1.1 200");
      if (isStream) resolve(socket);
      else reject(new Error(`a stream did not begin: ${bytes.toString("latin1").slice(0, 400)}`));
    });
  });
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  const deadlineMs = performance.now() + settleWithinMs;
  while (!isSo()) {
    if (performance.now() > deadlineMs) throw new Error(`not in time: ${what}; ${JSON.stringify(look())}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function look(): Left {
  setFlagsFromString("--expose_gc");
  (runInNewContext("gc") as () => void)();
  return { descriptors: readdirSync("/proc/self/fd").length, heapBytes: process.memoryUsage().heapUsed };
}
