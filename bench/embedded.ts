// What the embedded runtime costs against the bare thing: cold start, warm call and memory, beside raw workerd and miniflare, in one run.
//
// Run with: node launch/bootstrap.mjs bench embedded
// Raw workerd answers from memory, without sandbox, secrets, egress, sessions or metering: it is the physical limit here. miniflare is
// how others run a worker on their own machine. All take turns, so that a busy machine slows all of them; ratios count.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { Miniflare } from "miniflare";
import { Pool } from "undici";
import { workerdBinary } from "~/runtime/agent-host/workerd-binary";
import type { Placement } from "~/runtime/contract/host-protocol";
import { buildPlacement, invocationOf, startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";

const goals = { coldOverRaw: 2.5, coldOverMiniflare: 1, warmAddedMs: 2, memoryOverRaw: 1.5 };
const coldRounds = 15;
const warmRounds = 20;
const callsPerRound = 40;
const processes = 10;
const kilobytesPerMb = 1_024;

/** The newest that both versions of workerd know. */
const compatibilityDate = "2026-04-01";

const agentSource = "export default () => 'Hello';";
const workerSource = "export default { fetch() { return new Response('Hello'); } };";

/** A worker that answers `Hello`. What is done once, however often it starts, is done when it is prepared. */
type Worker = { start(): Promise<void>; call(): Promise<void>; pid(): number; stop(): Promise<void> };
type Peer = { name: string; prepare(): Promise<Worker> };

const folder = mkdtempSync(path.join(os.tmpdir(), "whs-bench-"));
const host = await startTestAgentHost();
try {
  say(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}`);
  const peers = [rawPeer(), embeddedPeer(host, await buildPlacement(host.provider, agentSource)), miniflarePeer()];
  await measureCold(peers);
  await measureWarm(peers);
  await measureMemory(peers);
} finally {
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function measureCold(peers: Peer[]): Promise<void> {
  const times = new Map(peers.map(({ name }) => [name, [] as number[]]));
  // The first round brings programs into the page cache.
  for (let round = 0; round <= coldRounds; round += 1) {
    for (const peer of peers) {
      const worker = await peer.prepare();
      const began = performance.now();
      await worker.start();
      await worker.call();
      if (round > 0) times.get(peer.name)?.push(performance.now() - began);
      await worker.stop();
    }
  }
  const [raw, ours, miniflare] = peers.map(({ name }) => median(times.get(name)));
  say(`cold start to first answer, median of ${coldRounds}: raw ${ms(raw)}, embedded ${ms(ours)}, miniflare ${ms(miniflare)}`);
  judge("cold start over raw workerd", ratio(ours, raw), goals.coldOverRaw);
  judge("cold start over miniflare", ratio(ours, miniflare), goals.coldOverMiniflare);
}

async function measureWarm(peers: Peer[]): Promise<void> {
  const running: Worker[] = [];
  for (const peer of peers) running.push(await begun(peer));
  const times = peers.map(() => [] as number[]);
  for (let round = 0; round <= warmRounds; round += 1) {
    for (const [position, worker] of running.entries()) {
      const taken = await repeat(worker);
      if (round > 0) times[position]?.push(...taken);
    }
  }
  await Promise.all(running.map((worker) => worker.stop()));
  const [raw, ours, miniflare] = times.map(median);
  say(`warm call, median of ${warmRounds * callsPerRound}: raw ${ms(raw)}, embedded ${ms(ours)}, miniflare ${ms(miniflare)}`);
  say(`     over raw ${ratio(ours, raw).toFixed(2)}×, over miniflare ${ratio(ours, miniflare).toFixed(2)}×`);
  judge("warm call adds to raw workerd, ms", (ours ?? 0) - (raw ?? 0), goals.warmAddedMs);
}

async function repeat(worker: Worker): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < callsPerRound; n += 1) {
    const began = performance.now();
    await worker.call();
    times.push(performance.now() - began);
  }
  return times;
}

/** Each page is counted in equal parts by those who share it, so that the sum is what the machine gives (proc_pid_smaps, Pss). */
async function measureMemory(peers: Peer[]): Promise<void> {
  const each: number[] = [];
  for (const peer of peers) {
    const running: Worker[] = [];
    for (let n = 0; n < processes; n += 1) running.push(await begun(peer));
    each.push(running.reduce((sum, worker) => sum + proportionalMb(worker.pid()), 0) / processes);
    await Promise.all(running.map((worker) => worker.stop()));
  }
  for (const [position, mb] of each.entries()) {
    say(
      `     ${peers[position]?.name.padEnd(10)} ${mb.toFixed(1)} MB an agent, ${Math.floor(1_024 / mb)} agents in a GiB (${processes} at once)`,
    );
  }
  judge("memory over raw workerd", ratio(each[1], each[0]), goals.memoryOverRaw);
  say(`     over miniflare ${ratio(each[1], each[2]).toFixed(2)}×, whose Node process is not counted`);
}

async function begun(peer: Peer): Promise<Worker> {
  const worker = await peer.prepare();
  await worker.start();
  await worker.call();
  return worker;
}

/** Each has a deployment of its own, placed and not running: its first call starts the process. */
function embeddedPeer({ provider, directory }: TestAgentHost, template: Placement): Peer {
  const never = () => ({ signal: new AbortController().signal });
  let count = 0;
  return {
    name: "embedded",
    async prepare() {
      count += 1;
      const deploymentId = `${template.deploymentId}${count}`;
      const placement = { ...template, deploymentId, stateKey: deploymentId };
      await provider.deploy(placement, never());
      const before = new Set(notedPids(directory));
      let own = 0;
      return {
        start: async () => undefined,
        async call() {
          const { output } = await provider.invoke(placement, invocationOf("hello"), never());
          assertHello(output.text);
          own ||= notedPids(directory).find((pid) => !before.has(pid)) ?? 0;
        },
        pid: () => own,
        async stop() {
          await provider.stop(placement);
          await provider.destroy(placement);
        },
      };
    },
  };
}

function notedPids(directory: string): number[] {
  const run = path.join(directory, "agent-host/run");
  const notes = readdirSync(run).filter((file) => file.endsWith(".process.json"));
  return notes.map((file) => Number(JSON.parse(readFileSync(path.join(run, file), "utf8")).pid));
}

function rawPeer(): Peer {
  let count = 0;
  return {
    name: "raw",
    async prepare() {
      count += 1;
      const [socketPath, configPath] = ["sock", "capnp"].map((kind) => path.join(folder, `raw-${count}.${kind}`)) as [
        string,
        string,
      ];
      writeFileSync(configPath, rawConfig(socketPath));
      const pool = new Pool("http://raw", { socketPath });
      let child: ChildProcess | undefined;
      return {
        async start() {
          const args = ["serve", "--control-fd=3", configPath];
          const started = spawn(workerdBinary(), args, { stdio: ["ignore", "ignore", "inherit", "pipe"] });
          child = started;
          await new Promise<void>((ready) => (started.stdio[3] as Readable).once("data", () => ready()));
        },
        call: () => requestHello(pool),
        pid: () => child?.pid ?? 0,
        async stop() {
          await pool.destroy();
          if (child) await ended(child);
        },
      };
    },
  };
}

function rawConfig(socketPath: string): string {
  const worker = `(modules = [(name = "worker.js", esModule = ${JSON.stringify(workerSource)})], compatibilityDate = "${compatibilityDate}")`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = ${worker})],
  sockets = [(name = "http", address = ${JSON.stringify(`unix:${socketPath}`)}, http = (), service = "main")]);`;
}

function miniflarePeer(): Peer {
  return {
    name: "miniflare",
    async prepare() {
      const before = new Set(childPids());
      let running: { miniflare: Miniflare; pool: Pool; pid: number } | undefined;
      return {
        async start() {
          const miniflare = new Miniflare({ modules: true, script: workerSource, compatibilityDate });
          const { origin } = await miniflare.ready;
          running = { miniflare, pool: new Pool(origin), pid: childPids().find((pid) => !before.has(pid)) ?? 0 };
        },
        async call() {
          if (running) await requestHello(running.pool);
        },
        pid: () => running?.pid ?? 0,
        async stop() {
          await running?.pool.destroy();
          await running?.miniflare.dispose();
        },
      };
    },
  };
}

/** Children of this process that are workerd. */
function childPids(): number[] {
  const pids = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ").map(Number);
  return pids.filter((pid) => pid > 0 && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("workerd"));
}

function proportionalMb(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
  return Number(kilobytes) / kilobytesPerMb;
}

async function requestHello(pool: Pool): Promise<void> {
  const { body } = await pool.request({ method: "GET", path: "/" });
  assertHello(await body.text());
}

function assertHello(text: string): void {
  if (text !== "Hello") throw new Error(`Expected Hello, got ${text.slice(0, 100)}`);
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

function median(values: number[] | undefined): number {
  const sorted = (values ?? []).toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function ratio(a: number | undefined, b: number | undefined): number {
  return (a ?? Number.NaN) / (b ?? Number.NaN);
}

function judge(what: string, value: number, goal: number): void {
  say(`${value <= goal ? "ok  " : "MISS"} ${what}: ${value.toFixed(2)} (goal ${goal})`);
}

function ms(value: number | undefined): string {
  return `${(value ?? Number.NaN).toFixed(1)} ms`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
