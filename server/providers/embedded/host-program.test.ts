// The agent host as a program: survives kill -9 with everything placed, leaves nothing running, stops in order, and says what is missing.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTicks } from "~/runtime/agent-host/process-usage";
import { newId } from "~/server/ids";
import type { Provider } from "~/server/providers/provider";
import { collectEvents, readEvents } from "~/server/providers/read-events";
import { buildPlacement, invocationOf, startTestHouse, type TestHouse } from "~/server/testing/agent-host";
import { createEmbeddedProvider } from "./embedded-provider";

const program = resolve(".cache", `agent-host-${process.pid}.mjs`);
const never = () => new AbortController().signal;

let directory: string;
let token: string;
let house: TestHouse;
let provider: Provider;
let running: ChildProcess[] = [];

beforeAll(async () => {
  const entryPoints = ["runtime/agent-host/main.ts"];
  await build({
    entryPoints,
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "silent",
  });
});
afterAll(() => rm(program, { force: true }));

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "whs-host-"));
  token = randomBytes(32).toString("hex");
  house = await startTestHouse(directory, token);
  provider = createEmbeddedProvider({ socketPath: join(directory, "host.sock"), token });
});
afterEach(async () => {
  for (const child of running) child.kill("SIGKILL");
  running = [];
  await house.close();
  await rm(directory, { recursive: true, force: true });
});

function run(env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [program], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: {
      NODE_ENV: "production",
      PATH: String(process.env["PATH"]),
      DATA_DIR: directory,
      AGENT_HOST_TOKEN: token,
      AGENT_HOST_SOCKET: join(directory, "host.sock"),
      CONTROL_SOCKET: house.socketPath,
      ...env,
    },
  });
  running.push(child);
  return child;
}

async function runUntilReady(env: Record<string, string> = {}): Promise<ChildProcess> {
  const child = run(env);
  await new Promise((ready, fail) => {
    child.once("message", ready);
    child.once("exit", (code) => fail(new Error(`exit ${code}`)));
  });
  return child;
}

function ended(child: ChildProcess): Promise<{ code: number | null; errors: string }> {
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((done) => child.once("close", (code) => done({ code, errors })));
}

function agentPids(): number[] {
  const root = join(directory, "agent-host/run");
  const notes = existsSync(root) ? readdirSync(root).filter((file) => file.endsWith(".process.json")) : [];
  return notes.map((file) => JSON.parse(readFileSync(join(root, file), "utf8")).pid as number);
}

const counter = `export default async function* (request, { session }) {
  const count = ((await session.get("count")) ?? 0) + 1;
  await session.set("count", count);
  yield String(count);
  if (request.input.messages[0].content === "stay") for (;;) { await new Promise((r) => setTimeout(r, 20)); yield "."; }
}`;

async function place(source = counter) {
  const placement = await buildPlacement(provider, source);
  await provider.deploy(placement, { signal: never() });
  return placement;
}

describe("the agent host as a program", () => {
  it("killed in the middle of a stream, takes its agents along, and knows everything again after a restart", async () => {
    const first = await runUntilReady();
    const placement = await place();
    const sessionId = newId("agentSession");
    const stream = await provider.stream(placement, invocationOf("stay", { sessionId }), { signal: never() });
    const events = readEvents(stream);
    await events.next();
    const pids = agentPids();
    expect(pids).toHaveLength(1);
    first.kill("SIGKILL");
    await expect(events.next().then(() => collectEvents(stream))).rejects.toMatchObject({
      code: "RUNTIME_ERROR",
      retryable: true,
    });
    await runUntilReady();
    for (const pid of pids) await expect.poll(() => startTicks(pid)).toBeNull();
    expect(agentPids()).toEqual([]);
    const answer = await provider.invoke(placement, invocationOf("+", { sessionId }), { signal: never() });
    expect(answer.output.text).toBe("2");
  });

  it("telemetry that the house has not taken yet is brought after a restart", async () => {
    const first = await runUntilReady();
    const placement = await place();
    house.batchStatus = 503;
    const call = invocationOf("+");
    await provider.invoke(placement, call, { signal: never() });
    await expect.poll(() => house.batches).toBeGreaterThan(0);
    first.kill("SIGKILL");
    house.batchStatus = 202;
    await runUntilReady();
    await expect.poll(() => house.events.map(({ traceId }) => traceId)).toContain(call.traceId);
  });

  it("told to stop, lets calls in flight finish, spools what they used, leaves nothing, and exits with 0", async () => {
    const child = await runUntilReady();
    const placement = await place(
      "export default async function* () { yield 'a'; await new Promise((r) => setTimeout(r, 600)); yield 'b'; }",
    );
    const call = invocationOf("?");
    const stream = await provider.stream(placement, call, { signal: never() });
    const events = readEvents(stream);
    await events.next();
    const pids = agentPids();
    child.kill("SIGTERM");
    const rest: string[] = [];
    for await (const { event } of events) rest.push(event);
    expect(rest.at(-1)).toBe("done");
    expect((await ended(child)).code).toBe(0);
    for (const pid of pids) expect(startTicks(pid)).toBeNull();
    expect(existsSync(join(directory, "host.sock"))).toBe(false);
    await runUntilReady();
    await expect.poll(() => house.events.map(({ traceId }) => traceId)).toContain(call.traceId);
  });

  it("a module that was changed on disk is not loaded", async () => {
    await runUntilReady();
    const placement = await place();
    const path = join(directory, "agent-host/placements", placement.deploymentId, "module.js");
    writeFileSync(path, `${readFileSync(path, "utf8")}\n// changed`);
    await expect(provider.activate(placement, { signal: never() })).rejects.toThrow(/changed on disk/);
  });

  it("keeps its folder to itself", async () => {
    await runUntilReady();
    await place();
    for (const path of ["agent-host", "agent-host/run", "agent-host/placements", "agent-host/state", "agent-host/spool"]) {
      expect(statSync(join(directory, path)).mode & 0o077, path).toBe(0);
    }
    expect(statSync(join(directory, "host.sock")).mode & 0o077).toBe(0);
  });

  it("stops a process that nobody calls, and starts it again for the next call", async () => {
    await runUntilReady({ AGENT_IDLE_MS: "200" });
    const placement = await place();
    const sessionId = newId("agentSession");
    const ask = async () => (await provider.invoke(placement, invocationOf("+", { sessionId }), { signal: never() })).output.text;
    expect(await ask()).toBe("1");
    await expect.poll(agentPids, { timeout: 15_000 }).toEqual([]);
    expect(await ask()).toBe("2");
  });

  it("answers nobody without the token", async () => {
    await runUntilReady();
    const stranger = createEmbeddedProvider({ socketPath: join(directory, "host.sock"), token: "0".repeat(64) });
    expect((await stranger.health()).status).toBe("down");
    const call = stranger.invoke(await place(), invocationOf("?"), { signal: never() });
    await expect(call).rejects.toThrow(/AGENT_HOST_TOKEN/);
  });

  it("a wrong configuration is one clear sentence and exit code 78", async () => {
    const { code, errors } = await ended(run({ AGENT_HOST_TOKEN: "short" }));
    expect(code).toBe(78);
    expect(errors).toMatch(/^The agent host cannot start: AGENT_HOST_TOKEN: must be 64 hexadecimal digits.*\n$/);
  });

  it("a second host on the same socket refuses to start", async () => {
    await runUntilReady();
    const { code, errors } = await ended(run());
    expect(code).toBe(78);
    expect(errors).toContain("already listens");
  });
});
