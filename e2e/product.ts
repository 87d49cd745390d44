// Starts the product exactly as README says, on a private data folder and a free port, and stops it again.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What `npm start -- --json` prints. */
export type StartAnswer = { url: string; signInUrl: string; agentId: string; apiKey: string };

export type Product = StartAnswer & {
  dataDir: string;
  process: ChildProcess;
  /** Everything that it wrote to standard error so far. */
  said(): string;
  /** As Ctrl-C does; resolves when the launcher has ended. Returns its exit code. */
  stop(): Promise<number | null>;
};

const startTimeoutMs = 150_000;

export function freshDataDir(): string {
  return mkdtempSync(join(tmpdir(), "whs-e2e-"));
}

export function removeDataDir(dataDir: string): void {
  rmSync(dataDir, { recursive: true, force: true });
}

/** Runs the launcher and waits for its one JSON line. Rejects with what it said on standard error when it ends before. */
export async function startProduct(options: { dataDir: string; root?: string; env?: Record<string, string> }): Promise<Product> {
  const child = spawn(process.execPath, ["launch/bootstrap.mjs", "start", "--json"], {
    cwd: options.root ?? process.cwd(),
    env: { ...newcomersEnvironment(), NODE_ENV: "production", DATA_DIR: options.dataDir, PORT: "0", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  const answer = await firstJsonLine(child, said);
  return { ...answer, dataDir: options.dataDir, process: child, said: () => said.join(""), stop: () => stopProcess(child) };
}

/** As `npm run build`. Rejects with what it said. */
export async function buildProduct(): Promise<void> {
  const child = spawn(process.execPath, ["launch/bootstrap.mjs", "build"], { env: newcomersEnvironment() as NodeJS.ProcessEnv });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => said.push(chunk));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`npm run build ended with code ${code}.\n${Buffer.concat(said).toString().slice(-4_000)}`);
}

/** A shell without the test runner's own variables: with them the build would take itself for a test. */
function newcomersEnvironment(): Record<string, string | undefined> {
  const names = ["PATH", "HOME", "USER", "LANG", "TMPDIR", "XDG_RUNTIME_DIR", "CI"];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

function firstJsonLine(child: ChildProcess, said: string[]): Promise<StartAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}\n${said.join("").slice(-4_000)}`));
    const timer = setTimeout(() => fail("npm start did not become ready in time."), startTimeoutMs);
    child.once("exit", (code) => fail(`npm start ended with code ${code} before it was ready.`));
    if (!child.stdout) return fail("npm start has no standard output.");
    createInterface({ input: child.stdout }).once("line", (line) => {
      clearTimeout(timer);
      child.removeAllListeners("exit");
      resolve(JSON.parse(line) as StartAnswer);
    });
  });
}

function stopProcess(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code));
    child.kill("SIGINT");
  });
}
