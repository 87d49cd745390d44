// How long a person waits: from a fresh clone to the sample agent's first answer, and from a later `npm start` to ready.
//
// Run with: node launch/bootstrap.mjs bench start
// It clones the last commit into a temporary folder; npm's cache should be warm (run it twice to be sure). Debian packages are
// fetched anew in the clone. Numbers of a busy machine mean little: run it alone.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

type Welcome = { url: string; agentId: string; apiKey: string };
type Measured = { readyMs: number; answerMs: number; stopMs: number };

const goals = { freshMs: 90_000, warmMs: 5_000 };
const startWithinMs = 600_000;
const warmRuns = 3;

const folder = mkdtempSync(path.join(os.tmpdir(), "whs-bench-start-"));
try {
  const clone = path.join(folder, "clone");
  execFileSync("git", ["clone", "--quiet", "--no-hardlinks", process.cwd(), clone]);
  say(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}`);
  const fresh = await measure(clone);
  report("fresh clone → first answer", fresh.answerMs, goals.freshMs);
  for (let run = 1; run <= warmRuns; run++) {
    const warm = await measure(clone);
    report(`warm start ${run} → ready`, warm.readyMs, goals.warmMs);
    say(`  then first answer after ${seconds(warm.answerMs - warm.readyMs)}, stopped in ${seconds(warm.stopMs)}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(clone: string): Promise<Measured> {
  const startedAt = performance.now();
  const env = { ...process.env, PORT: "0", DATA_DIR: path.join(clone, ".data") };
  const child = spawn(process.execPath, ["launch/bootstrap.mjs", "start", "--json"], {
    cwd: clone,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const welcome = await firstLine(child);
  const readyMs = performance.now() - startedAt;
  await invoke(welcome);
  const answerMs = performance.now() - startedAt;
  const stopMs = await stop(child);
  return { readyMs, answerMs, stopMs };
}

function firstLine(child: ChildProcess): Promise<Welcome> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready within ${startWithinMs / 1000} s`)), startWithinMs);
    child.once("exit", (code) => reject(new Error(`the start ended with exit code ${code}`)));
    if (!child.stdout) throw new Error("standard output is piped");
    createInterface({ input: child.stdout }).once("line", (line) => {
      clearTimeout(timer);
      resolve(JSON.parse(line) as Welcome);
    });
  });
}

async function invoke({ url, agentId, apiKey }: Welcome): Promise<void> {
  const answer = await fetch(`${url}/v1/invoke/${agentId}`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ input: { prompt: "Hello!" } }),
    signal: AbortSignal.timeout(60_000),
  });
  if (!answer.ok) throw new Error(`the sample agent answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

async function stop(child: ChildProcess): Promise<number> {
  const askedAt = performance.now();
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGINT");
  await ended;
  return performance.now() - askedAt;
}

function report(what: string, ms: number, goalMs: number): void {
  say(`${what}: ${seconds(ms)} (goal ${seconds(goalMs)}, ${ms <= goalMs ? "met" : "MISSED"})`);
  if (ms > goalMs) process.exitCode = 1;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
