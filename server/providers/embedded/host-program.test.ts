// The agent host as a program: survives kill -9 with everything placed, leaves nothing running, stops in order, and says what is missing.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTicks } from "~/runtime/agent-host/process-usage";
import { newId } from "~/server/ids";
import type { Provider } from "~/server/providers/provider";
import { collectEvents, readEvents } from "~/server/providers/read-events";
import { buildPlacement, invocationOf, type TestHouse } from "~/server/testing/agent-host";
import { buildHostProgram, endOf, type HostGround, openHostGround } from "~/server/testing/host-process";
import { createEmbeddedProvider } from "./embedded-provider";

const never = () => new AbortController().signal;

let program: Awaited<ReturnType<typeof buildHostProgram>>;
let ground: HostGround;
let directory: string;
let house: TestHouse;
let provider: Provider;

beforeAll(async () => {
  program = await buildHostProgram();
});
afterAll(() => program.remove());

beforeEach(async () => {
  ground = await openHostGround(program.file);
  ({ directory, house, provider } = ground);
});
afterEach(() => ground.close());

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
    const first = await ground.start();
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
    await ground.start();
    for (const pid of pids) await expect.poll(() => startTicks(pid)).toBeNull();
    expect(agentPids()).toEqual([]);
    const answer = await provider.invoke(placement, invocationOf("+", { sessionId }), { signal: never() });
    expect(answer.output.text).toBe("2");
  });

  it("telemetry that the house has not taken yet is brought after a restart", async () => {
    const first = await ground.start();
    const placement = await place();
    house.batchStatus = 503;
    const call = invocationOf("+");
    await provider.invoke(placement, call, { signal: never() });
    await expect.poll(() => house.batches).toBeGreaterThan(0);
    first.kill("SIGKILL");
    await endOf(first);
    house.batchStatus = 202;
    await ground.start();
    await expect.poll(() => house.events.map(({ traceId }) => traceId)).toContain(call.traceId);
  });

  it("told to stop, lets calls in flight finish, spools what they used, leaves nothing, and exits with 0", async () => {
    const child = await ground.start();
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
    expect((await endOf(child)).code).toBe(0);
    for (const pid of pids) expect(startTicks(pid)).toBeNull();
    expect(existsSync(join(directory, "host.sock"))).toBe(false);
    await ground.start();
    await expect.poll(() => house.events.map(({ traceId }) => traceId)).toContain(call.traceId);
  });

  it("a module that was changed on disk is not loaded", async () => {
    await ground.start();
    const placement = await place();
    const path = join(directory, "agent-host/placements", placement.deploymentId, "module.js");
    writeFileSync(path, `${readFileSync(path, "utf8")}\n// changed`);
    await expect(provider.activate(placement, { signal: never() })).rejects.toThrow(/changed on disk/);
  });

  it("keeps its folder to itself", async () => {
    await ground.start();
    await place();
    for (const path of ["agent-host", "agent-host/run", "agent-host/placements", "agent-host/state", "agent-host/spool"]) {
      expect(statSync(join(directory, path)).mode & 0o077, path).toBe(0);
    }
    expect(statSync(join(directory, "host.sock")).mode & 0o077).toBe(0);
  });

  it("stops a process that nobody calls, and starts it again for the next call", async () => {
    await ground.start({ AGENT_IDLE_MS: "200" });
    const placement = await place();
    const sessionId = newId("agentSession");
    const ask = async () => (await provider.invoke(placement, invocationOf("+", { sessionId }), { signal: never() })).output.text;
    expect(await ask()).toBe("1");
    await expect.poll(agentPids, { timeout: 30_000 }).toEqual([]);
    expect(await ask()).toBe("2");
  });

  it("answers nobody without the token", async () => {
    await ground.start();
    const stranger = createEmbeddedProvider({ socketPath: ground.socketPath, token: "0".repeat(64) });
    expect((await stranger.health()).status).toBe("down");
    const call = stranger.invoke(await place(), invocationOf("?"), { signal: never() });
    await expect(call).rejects.toThrow(/AGENT_HOST_TOKEN/);
  });

  it("a wrong configuration is one clear sentence and exit code 78", async () => {
    const { code, errors } = await endOf(ground.run({ AGENT_HOST_TOKEN: "short" }));
    expect(code).toBe(78);
    expect(errors).toMatch(/^The agent host cannot start: AGENT_HOST_TOKEN: must be 64 hexadecimal digits.*\n$/);
  });

  it("a second host on the same socket refuses to start", async () => {
    await ground.start();
    const { code, errors } = await endOf(ground.run());
    expect(code).toBe(78);
    expect(errors).toContain("already listens");
  });
});
