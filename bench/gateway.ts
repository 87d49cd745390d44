// What the gateway costs for a whole answer: the product's own process against a bare proxy of Node, nginx and Portkey, in one run.
//
// Run with: node launch/bootstrap.mjs bench gateway
// One stand-in for the agent host answers at once behind all of them, one sender loads them in turn, each is one process. Processor time
// for each request is what counts: it is the most that one core can carry, and a busy machine spoils it least. nginx and Portkey are
// fetched beside the project; where they cannot be had their lines are left out. The product does what the others do not: it proves the
// key against revocation, counts caps and budgets exactly, holds a place among the agent's calls, opens a session, and writes down each call.
import os from "node:os";
import { sql } from "kysely";
import { buildPrograms, programFile } from "~/launch/build-programs";
import { countRoundTrips } from "./gateway/count-round-trips";
import { startNginx } from "./gateway/nginx";
import { openGround } from "./gateway/open-ground";
import { startPortkey } from "./gateway/portkey";
import { cpuMsOf, type Running, startProgram } from "./gateway/processes";
import { type Load, openLoad } from "./gateway/send-load";
import { say, sayRow } from "./record/say";

const goals = { timesBare: 1.4, timesPortkey: 8, shareOfNginx: 0.17, revokedMs: 1_000 };
const rounds = 8;
const callers = 32;
const callsPerRound = { product: 5_000, bare: 6_000, nginx: 6_000, portkey: 600 } as const;
type Name = keyof typeof callsPerRound;
type Way = { name: Name; load: Load; pid: number };
type Cost = { cpuUs: number; perSecond: number; p50Ms: number };

const running: Running<unknown>[] = [];
await buildPrograms({ "bench-upstream": "bench/gateway/upstream-program.ts", "bench-bare": "bench/gateway/bare-program.ts" });
const ground = await openGround("gateway");
try {
  say(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}`);
  const product = await started(ground.startGateway());
  const ways = await openWays(product);
  judge(await measure(ways));
  await judgeRoundTrips(product.word.url);
  await judgeRevocation(product.word.url);
  await Promise.all(ways.map(({ load }) => load.close()));
} finally {
  await Promise.all(running.map((program) => program.stop()));
  await ground.close();
}

async function started<Word>(starting: Promise<Running<Word>>): Promise<Running<Word>> {
  const program = await starting;
  running.push(program);
  return program;
}

async function openWays(product: Running<{ url: string }>): Promise<Way[]> {
  const { agent, upstreamSocket, folder } = ground;
  const invokePath = `/deployments/${agent.deploymentId}/invoke`;
  const upstream = await started(startProgram<{ port: number }>(programFile("bench-upstream"), [upstreamSocket]));
  const words = [upstreamSocket, agent.apiKey, invokePath];
  const bare = await started(startProgram<{ port: number }>(programFile("bench-bare"), words));
  const ways: Way[] = [
    { name: "product", pid: product.pid, load: openLoad(productTarget(product.word.url), callers) },
    { name: "bare", pid: bare.pid, load: openLoad(hostTarget(`http://127.0.0.1:${bare.word.port}`, invokePath), callers) },
  ];
  const nginx = await startNginx(folder, upstreamSocket);
  if (nginx) {
    running.push(nginx);
    ways.push({ name: "nginx", pid: nginx.pid, load: openLoad(hostTarget(nginx.url, invokePath), callers) });
  }
  const portkey = await startPortkey();
  if (portkey) {
    running.push(portkey);
    ways.push({ name: "portkey", pid: portkey.pid, load: openLoad(portkeyTarget(portkey.url, upstream.word.port), callers) });
  }
  return ways;
}

function productTarget(url: string) {
  const headers = { authorization: `Bearer ${ground.agent.apiKey}`, "content-type": "application/json" };
  return { url, path: `/v1/invoke/${ground.agent.agentId}`, headers, body: JSON.stringify({ input: { prompt: "hello" } }) };
}

function hostTarget(url: string, path: string) {
  const call = {
    traceId: "trc_0",
    sessionId: "ses_0",
    messages: [{ role: "user", content: "hello" }],
    options: {},
    metadata: {},
  };
  const headers = { authorization: `Bearer ${ground.agent.apiKey}`, "content-type": "application/json" };
  return { url, path, headers, body: JSON.stringify({ ...call, timeoutMs: 60_000 }) };
}

function portkeyTarget(url: string, upstreamPort: number) {
  const headers = {
    authorization: `Bearer ${ground.agent.apiKey}`,
    "content-type": "application/json",
    "x-portkey-provider": "openai",
    "x-portkey-custom-host": `http://127.0.0.1:${upstreamPort}/v1`,
  };
  const body = JSON.stringify({ model: "bench", messages: [{ role: "user", content: "hello" }] });
  return { url, path: "/v1/chat/completions", headers, body };
}

async function measure(ways: Way[]): Promise<Map<Name, Cost>> {
  const costs = new Map<Name, Cost[]>(ways.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const way of ways) costs.get(way.name)?.push(await costOf(way));
  }
  // The first three rounds warm everything up: until then much of a process's time is spent in compiling it.
  return new Map([...costs].map(([name, all]) => [name, medianOf(all.slice(3))]));
}

async function costOf({ name, load, pid }: Way): Promise<Cost> {
  const count = callsPerRound[name];
  const before = cpuMsOf(pid);
  const { elapsedMs, timesMs } = await load.send(count);
  // What it does behind its callers' backs is a cost as well.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const cpuUs = ((cpuMsOf(pid) - before) * 1_000) / count;
  return { cpuUs, perSecond: count / (elapsedMs / 1_000), p50Ms: median(timesMs) };
}

function judge(costs: Map<Name, Cost>): void {
  for (const [name, { cpuUs, perSecond, p50Ms }] of costs) {
    say(
      `     ${name.padEnd(8)} ${cpuUs.toFixed(0).padStart(5)} CPU-µs, ${perSecond.toFixed(0).padStart(6)}/s, p50 ${p50Ms.toFixed(2)} ms`,
    );
  }
  const cpuUs = (name: Name) => costs.get(name)?.cpuUs;
  const [ours = Number.NaN, bare, nginx, portkey] = [cpuUs("product"), cpuUs("bare"), cpuUs("nginx"), cpuUs("portkey")];
  if (bare)
    sayRow(verdict("CPU of bare undici with a key check", ours / bare, `≤ ${goals.timesBare}×`, ours / bare <= goals.timesBare));
  if (nginx) {
    const share = nginx / ours;
    sayRow(verdict("requests per core of nginx's", share, `≥ ${goals.shareOfNginx}×`, share >= goals.shareOfNginx));
  }
  if (portkey) {
    const times = portkey / ours;
    sayRow(verdict("requests per core of Portkey's", times, `≥ ${goals.timesPortkey}×`, times >= goals.timesPortkey));
  }
}

function verdict(what: string, measured: number, goal: string, isMet: boolean) {
  return { what, goal, measured: `${measured.toFixed(2)}×`, isMet };
}

/** As PostgreSQL and Redis themselves count them, while callers with one known key call on. */
async function judgeRoundTrips(url: string): Promise<void> {
  const count = 5_000;
  const trips = await countRoundTrips(ground, async () => {
    const load = openLoad(productTarget(url), callers);
    await load.send(count);
    await load.close();
  });
  const reads = trips.identityReads / count;
  // A known key is read again by time, twice a second and behind its callers' backs, however many calls it makes.
  sayRow({ what: "reads of the key's row for a call", goal: "≤ 0.1", measured: reads.toFixed(3), isMet: reads <= 0.1 });
  const redis = `${(trips.redisCommands / count).toFixed(2)} commands`;
  sayRow({
    what: "Redis for a call at 32 callers, asked for together",
    goal: "≤ 1",
    measured: redis,
    isMet: trips.redisCommands / count <= 1,
  });
}

/** From the moment its row says so, with nobody told. */
async function judgeRevocation(url: string): Promise<void> {
  const load = openLoad(productTarget(url), 1);
  await load.send(20);
  await sql`update api_keys set revoked_at = now() where id = ${ground.agent.keyId}`.execute(ground.owner);
  const began = performance.now();
  const isRefused = () =>
    load.send(1).then(
      () => false,
      () => true,
    );
  while (!(await isRefused()) && performance.now() - began < 5_000);
  const elapsedMs = performance.now() - began;
  await load.close();
  const measured = `${elapsedMs.toFixed(0)} ms`;
  sayRow({
    what: "until a revoked key is refused, untold",
    goal: `≤ ${goals.revokedMs} ms`,
    measured,
    isMet: elapsedMs <= goals.revokedMs,
  });
}

function medianOf(costs: Cost[]): Cost {
  const of = (field: keyof Cost) => median(costs.map((cost) => cost[field]));
  return { cpuUs: of("cpuUs"), perSecond: of("perSecond"), p50Ms: of("p50Ms") };
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
