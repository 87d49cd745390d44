// What the gateway costs for streams: how late each event of a hundred streams at once arrives, against nginx unbuffered, a bare relay in Node, and no gateway.
//
// Run with: node launch/bootstrap.mjs bench sse
// One stand-in for the agent host sends a small event on each stream every so often, with the moment at which it was sent; all processes
// of a machine share that clock. The ways take turns in one run. Bytes are compared by digest with what was sent. The bare relay shows how
// much of the distance to nginx is that of any gateway in Node: its own server, undici to the upstream, bytes passed on as they come.
import os from "node:os";
import { Pool } from "undici";
import { buildPrograms, programFile } from "~/launch/build-programs";
import { startNginx } from "./gateway/nginx";
import { openGround } from "./gateway/open-ground";
import { cpuMsOf, type Running, startProgram } from "./gateway/processes";
import { nowMs, readStream, type StreamRead, type StreamTarget } from "./gateway/read-stream";
import type { StreamWord } from "./gateway/stream-program";
import { say, sayRow } from "./record/say";

const goals = { timesNginx: 1.3, timesBare: 1.1, abortMs: 100 };
const streams = 100;
const deltas = 40;
const everyMs = 50;
const rounds = 10;
const leavers = 20;

type Name = "direct" | "nginx" | "bare" | "product";
/** `pid`: of what stands between; null: nothing does. */
type Way = { name: Name; pid: number | null; pool: Pool; target: StreamTarget };
type Figures = { p50Ms: number; p99Ms: number; chunksPerEvent: number; cpuUs: number };

const running: Running<unknown>[] = [];
const digests = new Set<string>();
const left: number[] = [];
await buildPrograms({ "bench-stream": "bench/gateway/stream-program.ts", "bench-bare": "bench/gateway/bare-program.ts" });
const ground = await openGround("sse");
try {
  say(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}`);
  const ways = await openWays();
  judge(await measure(ways));
  const product = ways.find(({ name }) => name === "product");
  if (product) await judgeLeaving(product);
  await Promise.all(ways.map(({ pool }) => pool.destroy()));
} finally {
  await Promise.all(running.map((program) => program.stop()));
  await ground.close();
}

async function openWays(): Promise<Way[]> {
  const { agent, upstreamSocket, folder } = ground;
  const upstream = await startProgram<StreamWord>(programFile("bench-stream"), [upstreamSocket, String(deltas), String(everyMs)]);
  running.push(upstream);
  upstream.hear((word) => hear(word as StreamWord));
  const product = await ground.startGateway();
  running.push(product);
  const headers = { authorization: `Bearer ${agent.apiKey}`, "content-type": "application/json", accept: "text/event-stream" };
  const toHost = { path: `/deployments/${agent.deploymentId}/invoke`, headers, body: JSON.stringify({ messages: [] }) };
  const toProduct = { path: `/v1/invoke/${agent.agentId}/stream`, headers, body: JSON.stringify({ input: { prompt: "hello" } }) };
  const options = { connections: streams, pipelining: 1 };
  const bare = await startProgram<{ port: number }>(programFile("bench-bare"), [upstreamSocket, agent.apiKey, toHost.path]);
  running.push(bare);
  const direct = new Pool("http://upstream", { ...options, socketPath: upstreamSocket });
  const ways: Way[] = [
    { name: "direct", pid: null, pool: direct, target: toHost },
    { name: "bare", pid: bare.pid, pool: new Pool(`http://127.0.0.1:${bare.word.port}`, options), target: toHost },
    { name: "product", pid: product.pid, pool: new Pool(product.word.url, options), target: toProduct },
  ];
  const nginx = await startNginx(folder, upstreamSocket);
  if (!nginx) return ways;
  running.push(nginx);
  return [...ways, { name: "nginx", pid: nginx.pid, pool: new Pool(nginx.url, options), target: toHost }];
}

function hear(word: StreamWord): void {
  if ("digest" in word) digests.add(word.digest);
  if ("leftAtMs" in word) left.push(word.leftAtMs);
}

async function measure(ways: Way[]): Promise<Map<Name, Figures>> {
  const figures = new Map<Name, Figures[]>(ways.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, pid, pool, target } of ways) {
      const cpuBefore = pid === null ? 0 : cpuMsOf(pid);
      const reads = await Promise.all(Array.from({ length: streams }, () => readStream(pool, target)));
      const cpuMs = pid === null ? 0 : cpuMsOf(pid) - cpuBefore;
      figures.get(name)?.push({ ...(await figuresOf(name, reads)), cpuUs: (cpuMs * 1_000) / (streams * deltas) });
    }
  }
  // The first four rounds warm everything up: until then much of a process's time is spent in compiling it.
  return new Map([...figures].map(([name, all]) => [name, medianOf(all.slice(4))]));
}

async function figuresOf(name: Name, reads: StreamRead[]): Promise<Omit<Figures, "cpuUs">> {
  for (let tries = 0; tries < 100 && !reads.every(({ digest }) => digests.has(digest)); tries += 1) await pause(20);
  const changed = reads.filter(({ digest }) => !digests.has(digest)).length;
  if (changed > 0)
    throw new Error(`${changed} of ${reads.length} streams through ${name} arrived with other bytes than were sent.`);
  const delays = reads.flatMap(({ delaysMs }) => delaysMs);
  if (delays.length !== streams * deltas) throw new Error(`${name}: ${delays.length} events of ${streams * deltas} arrived.`);
  const chunks = reads.reduce((sum, read) => sum + read.chunks, 0);
  const events = reads.reduce((sum, read) => sum + read.events, 0);
  return { p50Ms: quantile(delays, 0.5), p99Ms: quantile(delays, 0.99), chunksPerEvent: chunks / events };
}

function judge(figures: Map<Name, Figures>): void {
  for (const [name, { p50Ms, p99Ms, chunksPerEvent, cpuUs }] of figures) {
    const cpu = name === "direct" ? "" : `, ${cpuUs.toFixed(0)} µs of CPU for an event`;
    const delays = `p50 ${(p50Ms * 1_000).toFixed(0)} µs, p99 ${(p99Ms * 1_000).toFixed(0)} µs${cpu}`;
    say(`     ${name.padEnd(8)} ${delays}, ${chunksPerEvent.toFixed(3)} chunks for an event`);
  }
  sayRow({ what: `bytes of ${streams} streams at once`, goal: "identical", measured: "identical", isMet: true });
  const [product, bare, nginx] = [figures.get("product"), figures.get("bare"), figures.get("nginx")];
  if (!product || !bare) return;
  sayTimes("delay of an event against a bare Node relay, p50", product.p50Ms / bare.p50Ms, goals.timesBare);
  if (!nginx) return;
  sayTimes("delay of an event against nginx unbuffered, p50", product.p50Ms / nginx.p50Ms, goals.timesNginx);
  say(`     the bare Node relay itself: ${(bare.p50Ms / nginx.p50Ms).toFixed(2)}× nginx's`);
  const merged = nginx.chunksPerEvent - product.chunksPerEvent;
  const share = `${(product.chunksPerEvent / nginx.chunksPerEvent).toFixed(3)} of nginx's`;
  sayRow({
    what: "chunks for an event: none merged that nginx keeps apart",
    goal: "≥ 0.99",
    measured: share,
    isMet: merged <= 0.01,
  });
}

function sayTimes(what: string, times: number, atMost: number): void {
  sayRow({ what, goal: `≤ ${atMost}×`, measured: `${times.toFixed(2)}×`, isMet: times <= atMost });
}

/** From a reader's closing its connection to the upstream's noticing that nobody listens. */
async function judgeLeaving({ pool, target }: Way): Promise<void> {
  const delays: number[] = [];
  for (let leaver = 0; leaver < leavers; leaver += 1) {
    left.length = 0;
    await readStream(pool, target, 3);
    const leftAt = nowMs();
    for (let tries = 0; tries < 500 && left.length === 0; tries += 1) await pause(10);
    delays.push((left[0] ?? Number.POSITIVE_INFINITY) - leftAt);
  }
  const worst = Math.max(...delays);
  const measured = `${quantile(delays, 0.5).toFixed(1)} ms, at most ${worst.toFixed(1)} ms of ${leavers}`;
  sayRow({
    what: "from a reader's leaving to the upstream's end",
    goal: `≤ ${goals.abortMs} ms`,
    measured,
    isMet: worst <= goals.abortMs,
  });
}

function medianOf(all: Figures[]): Figures {
  const of = (field: keyof Figures) =>
    quantile(
      all.map((figures) => figures[field]),
      0.5,
    );
  return { p50Ms: of("p50Ms"), p99Ms: of("p99Ms"), chunksPerEvent: of("chunksPerEvent"), cpuUs: of("cpuUs") };
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
