// Sessions outlive processes, have one writer at a time, and move to the next version only when the manifest says so.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import { newId } from "~/server/ids";
import { readEvents } from "~/server/providers/read-events";
import { buildPlacement, invocationOf, startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";

const counter = `export default async function* (request, { session, agent }) {
  const prompt = request.input.messages[0].content;
  if (prompt === "wait") { yield "begun"; await new Promise((resolve) => setTimeout(resolve, 700)); }
  const count = ((await session.get("count")) ?? 0) + 1;
  await session.set("count", count);
  yield "v" + agent.version + ":" + count;
}`;

let host: TestAgentHost;

const never = () => new AbortController().signal;

beforeAll(async () => {
  host = await startTestAgentHost();
});
afterAll(() => host.stop());

async function place(overrides: Partial<Placement> = {}, source = counter): Promise<Placement> {
  const placement = await buildPlacement(host.provider, source, overrides);
  await host.provider.deploy(placement, { signal: never() });
  return placement;
}

async function ask(placement: Placement, sessionId: string, prompt = "+"): Promise<string> {
  const call = invocationOf(prompt, { sessionId });
  return (await host.provider.invoke(placement, call, { signal: never() })).output.text;
}

function agentPids(): number[] {
  const run = join(host.directory, "agent-host/run");
  const notes = readdirSync(run).filter((file) => file.endsWith(".process.json"));
  return notes.map((file) => JSON.parse(readFileSync(join(run, file), "utf8")).pid as number);
}

describe("sessions", () => {
  it("survive SIGKILL of the process right after an answer", async () => {
    const placement = await place();
    const sessionId = newId("agentSession");
    for (let round = 1; round <= 5; round += 1) {
      expect(await ask(placement, sessionId)).toBe(`v1:${round}`);
      for (const pid of agentPids()) process.kill(pid, "SIGKILL");
      await expect.poll(agentPids).toEqual([]);
    }
  });

  it("of two versions that share them, only one runs: the old one finishes its calls, then the new one starts", async () => {
    const stateKey = newId("agent");
    const old = await place({ stateKey });
    const next = await place({ stateKey, version: 2 });
    const sessionId = newId("agentSession");
    const stream = await host.provider.stream(old, invocationOf("wait", { sessionId }), { signal: never() });
    const events = readEvents(stream);
    await events.next();
    const answer = ask(next, sessionId);
    const texts: string[] = [];
    for await (const event of events) if (event.event === "delta") texts.push(event.data.text);
    expect(texts.join("")).toBe("begunv1:1");
    expect(await answer).toBe("v2:2");
    expect(await ask(old, sessionId)).toBe("v1:3");
    for (let count = 4; count <= 8; count += 2) {
      const both = await Promise.all([old, next].map((placement) => ask(placement, sessionId)));
      expect(both.map((text) => Number(text.slice(3))).sort()).toEqual([count, count + 1]);
    }
  });

  it("stay with their version when it has its own key, and both run beside each other", async () => {
    const agentId = newId("agent");
    const [old, next] = [await place({ agentId }), await place({ agentId, version: 2 })];
    const sessionId = newId("agentSession");
    expect(await ask(old, sessionId)).toBe("v1:1");
    expect(await ask(next, sessionId)).toBe("v2:1");
    expect(await ask(old, sessionId)).toBe("v1:2");
  });

  it("go when the last deployment that uses them goes, and not before", async () => {
    const stateKey = newId("agent");
    const [old, next] = [await place({ stateKey }), await place({ stateKey, version: 2 })];
    const sessionId = newId("agentSession");
    expect(await ask(old, sessionId)).toBe("v1:1");
    await host.provider.destroy(old);
    expect(await ask(next, sessionId)).toBe("v2:2");
    await host.provider.destroy(next);
    expect(readdirSync(join(host.directory, "agent-host/state"))).not.toContain(stateKey);
  });

  it("hold JSON of every shape, and refuse what is not JSON or too much, with words that help", async () => {
    const source = `export default async (request, { session }) => {
      const value = { list: [1, "zwei", null], deep: { 三: true } };
      await session.set("a", value);
      const same = JSON.stringify(await session.get("a")) === JSON.stringify(value);
      await session.delete("a");
      const gone = (await session.get("a")) === undefined;
      const refusals = [];
      for (const [key, bad] of [["f", () => 1], ["", 1], ["big", "x".repeat(1_000_001)]]) {
        await session.set(key, bad).catch((error) => refusals.push(error.message));
      }
      const keys = Array.from({ length: 1001 }, (_, position) => "k" + position);
      await Promise.all(keys.map((key) => session.set(key, 1).catch((error) => refusals.push(error.message))));
      return JSON.stringify({ same, gone, refusals });
    };`;
    const answer = JSON.parse(await ask(await place({}, source), newId("agentSession")));
    expect(answer.same).toBe(true);
    expect(answer.gone).toBe(true);
    expect(answer.refusals).toHaveLength(4);
    expect(answer.refusals.join(" ")).toMatch(/JSON value.*1 to 256 characters.*1000000 characters.*at most 1000 keys/);
  });

  it("a deployment that is destroyed while it answers finishes its answer", async () => {
    const placement = await place();
    const stream = await host.provider.stream(placement, invocationOf("wait"), { signal: never() });
    const events = readEvents(stream);
    await events.next();
    const destroyed = host.provider.destroy(placement);
    const rest: string[] = [];
    for await (const { event } of events) rest.push(event);
    expect(rest.at(-1)).toBe("done");
    await destroyed;
  });
});
