// What the sandbox costs: cold start to the first byte, a warm call through the agent host against the agent's own socket, memory per idle agent.
//
// Run with: node launch/bootstrap.mjs bench first
// The host runs as its own program, as in production; the house is a stand-in. Numbers of a busy machine mean little: run it alone.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { Pool } from "undici";
import { openDirectory } from "~/runtime/agent-host/directory-handle";
import { privateMemoryMb, residentMemoryMb } from "~/runtime/agent-host/process-usage";
import type { Placement } from "~/runtime/contract/host-protocol";
import { buildPlacement, connectToAgentHost, invocationOf, placementOf, startTestHouse } from "~/server/testing/agent-host";

const goals = { coldMs: 150, addedMs: 1, privateMb: 25 };
const coldRuns = 20;
const warmRounds = 10;
const callsPerRound = 200;
const parallelCalls = 32;

const agent = `export default async function* () { yield "Hello"; yield " there"; }`;
const never = () => new AbortController().signal;

const folder = mkdtempSync(path.join(os.tmpdir(), "whs-bench-first-"));
const token = randomBytes(32).toString("hex");
const socketPath = path.join(folder, "host.sock");
const house = await startTestHouse(folder, token);
const host = await startHost();
const provider = connectToAgentHost({ socketPath, token });
try {
  say(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}`);
  const { module } = await buildPlacement(provider, agent);
  await measureCold(module);
  await measureWarm(module);
} finally {
  const ended = new Promise((resolve) => host.once("exit", resolve));
  host.kill("SIGTERM");
  await ended;
  await house.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

async function startHost() {
  const program = path.resolve("build", "bench-first-host.js");
  await build({
    entryPoints: ["runtime/agent-host/main.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
  });
  const child = spawn(process.execPath, [program], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      ...process.env,
      DATA_DIR: folder,
      AGENT_HOST_TOKEN: token,
      AGENT_HOST_SOCKET: socketPath,
      CONTROL_SOCKET: house.socketPath,
    },
  });
  await new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code) => reject(new Error(`the agent host ended with ${code}`)));
  });
  return child;
}

async function measureCold(module: string): Promise<void> {
  const times: number[] = [];
  for (let run = 0; run < coldRuns; run += 1) {
    const placement = placementOf(module);
    await provider.deploy(placement, { signal: never() });
    times.push(await firstByteMs(placement));
  }
  report("cold start → first byte, p50", quantile(times, 0.5), goals.coldMs, "ms");
  say(`  p95 ${quantile(times, 0.95).toFixed(0)} ms, best ${Math.min(...times).toFixed(0)} ms, ${coldRuns} starts`);
  const pids = agentPids();
  const memory = (read: (pid: number) => number | null) =>
    quantile(
      pids.map((pid) => read(pid) ?? Number.NaN),
      0.5,
    );
  report(`private memory of an idle agent (${pids.length} beside each other)`, memory(privateMemoryMb), goals.privateMb, "MB");
  say(`  resident ${memory(residentMemoryMb).toFixed(0)} MB, of which most is the program that all of them share`);
}

async function measureWarm(module: string): Promise<void> {
  const placement = placementOf(module);
  const before = new Set(runFolders());
  await provider.deploy(placement, { signal: never() });
  await provider.activate(placement, { signal: never() });
  const [folderOfAgent = ""] = runFolders().filter((name) => !before.has(name));
  const sockets = openDirectory(path.join(folder, "agent-host/run", folderOfAgent));
  const direct = new Pool("http://agent", { socketPath: sockets.at("agent.sock"), connections: null });
  const ways = {
    direct: () => directCall(direct),
    host: async () => void (await provider.invoke(placement, invocationOf("?"), { signal: never() })),
    "host, first byte of a stream": () => firstByteMs(placement).then(() => undefined),
  };
  const times: Record<keyof typeof ways, number[]> = { direct: [], host: [], "host, first byte of a stream": [] };
  for (const call of Object.values(ways)) await timesOf(call, callsPerRound);
  // Ways take turns, so that a machine that slows down slows them all.
  for (let round = 0; round < warmRounds; round += 1) {
    for (const way of Object.keys(ways) as (keyof typeof ways)[]) times[way].push(...(await timesOf(ways[way], callsPerRound)));
  }
  for (const [way, all] of Object.entries(times)) {
    say(
      `warm call, ${way}: p50 ${quantile(all, 0.5).toFixed(2)} ms, p95 ${quantile(all, 0.95).toFixed(2)} ms, p99 ${quantile(all, 0.99).toFixed(2)} ms`,
    );
  }
  report("added by the host, p50", quantile(times.host, 0.5) - quantile(times.direct, 0.5), goals.addedMs, "ms");
  const [directRate, hostRate] = [await ratePerSecond(ways.direct), await ratePerSecond(ways.host)];
  say(
    `${parallelCalls} in parallel: direct ${directRate.toFixed(0)}/s, host ${hostRate.toFixed(0)}/s, ratio ${(hostRate / directRate).toFixed(2)}`,
  );
  await direct.destroy();
  sockets.close();
}

async function firstByteMs(placement: Placement): Promise<number> {
  const startedAt = performance.now();
  const stream = await provider.stream(placement, invocationOf("?"), { signal: never() });
  const closed = new Promise((resolve) => stream.once("close", resolve));
  const ms = await new Promise<number>((resolve) => stream.once("data", () => resolve(performance.now() - startedAt)));
  await closed;
  return ms;
}

async function directCall(pool: Pool): Promise<void> {
  const answer = await pool.request({
    method: "POST",
    path: "/",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(invocationOf("?")),
  });
  await answer.body.text();
}

async function timesOf(call: () => Promise<void>, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let done = 0; done < count; done += 1) {
    const startedAt = performance.now();
    await call();
    times.push(performance.now() - startedAt);
  }
  return times;
}

async function ratePerSecond(call: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: parallelCalls }, () => timesOf(call, callsPerRound)));
  return (parallelCalls * callsPerRound) / ((performance.now() - startedAt) / 1_000);
}

function runFolders(): string[] {
  return readdirSync(path.join(folder, "agent-host/run")).filter((name) => !name.endsWith(".json"));
}

function agentPids(): number[] {
  const root = path.join(folder, "agent-host/run");
  const notes = readdirSync(root).filter((name) => name.endsWith(".process.json"));
  return notes.map((name) => (JSON.parse(readFileSync(path.join(root, name), "utf8")) as { pid: number }).pid);
}

function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function report(what: string, value: number, goal: number, unit: string): void {
  say(`${what}: ${value.toFixed(value < 10 ? 2 : 0)} ${unit} (goal ${goal} ${unit}, ${value <= goal ? "met" : "MISSED"})`);
  if (!(value <= goal)) process.exitCode = 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
