// Every call is reported once, signed with the deployment's key, whatever became of it, and nobody waits for it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import { collectEvents } from "~/server/providers/read-events";
import { spentAt } from "~/server/providers/spent-at-fault";
import { buildPlacement, invocationOf, startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";

let host: TestAgentHost;

const never = () => new AbortController().signal;

beforeAll(async () => {
  host = await startTestAgentHost({ hangMs: 1_000 });
});
afterAll(() => host.stop());

async function place(source: string): Promise<Placement> {
  const placement = await buildPlacement(host.provider, source);
  await host.provider.deploy(placement, { signal: never() });
  return placement;
}

async function eventOf(traceId: string) {
  await expect.poll(() => host.house.events.filter((event) => event.traceId === traceId).length, { timeout: 30_000 }).toBe(1);
  return host.house.events.find((event) => event.traceId === traceId);
}

describe("telemetry", () => {
  it("says what a call used, in the name of the frozen owner", async () => {
    const placement = await place("export default (_r, c) => { c.reportUsage({ tokens: 12, toolCalls: 2 }); return 'x'; };");
    const call = invocationOf("?");
    const { usage } = await host.provider.invoke(placement, call, { signal: never() });
    expect(await eventOf(call.traceId)).toMatchObject({
      userId: placement.userId,
      agentId: placement.agentId,
      deploymentId: placement.deploymentId,
      runtimeProvider: "embedded",
      requests: 1,
      llmTokens: 12,
      toolCalls: 2,
      computeMs: usage.computeMs,
      errors: 0,
      errorClass: null,
      costUsdEstimated: host.provider.estimateCost({ requests: 1, computeMs: usage.computeMs, llmTokens: 12 }),
    });
  });

  it("reports failed calls, calls that died with their process, and calls whose agent cannot start", async () => {
    const failing = await place("export default () => { throw new Error('x'); };");
    const looping = await place("export default () => { for (;;); };");
    const broken = await place("throw new Error('at import'); export default () => '';");
    for (const placement of [failing, looping, broken]) {
      const call = invocationOf("?");
      await expect(host.provider.invoke(placement, call, { signal: never() })).rejects.toThrow();
      expect(await eventOf(call.traceId)).toMatchObject({ requests: 1, errors: 1, errorClass: "runtime" });
    }
  });

  it("says what an agent had reported until its call failed, ran out of time, or lost its caller", async () => {
    const failing = await place("export default (_r, c) => { c.reportUsage({ tokens: 7 }); throw new Error('x'); };");
    const slow = await place(`export default async function* (_r, c) {
      c.reportUsage({ tokens: 20 });
      c.reportUsage({ tokens: 1, toolCalls: 3 });
      yield "begun";
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    }`);
    const failed = invocationOf("?");
    const thrown = await host.provider.invoke(failing, failed, { signal: never() }).catch((error: unknown) => error);
    expect(spentAt(thrown)).toMatchObject({ tokens: 7 });
    expect(await eventOf(failed.traceId)).toMatchObject({ errors: 1, llmTokens: 7 });
    const left = invocationOf("?");
    const stream = await host.provider.stream(slow, left, { signal: never() });
    for await (const chunk of stream) if (String(chunk).includes("begun")) break;
    expect(await eventOf(left.traceId)).toMatchObject({ errors: 0, llmTokens: 21, toolCalls: 3 });
    // Its process runs by now: these seconds are the call's alone.
    const late = { ...invocationOf("?"), timeoutMs: 3_000 };
    const events = await collectEvents(await host.provider.stream(slow, late, { signal: never() }));
    expect(events.at(-1)).toMatchObject({ event: "error", data: { usage: { tokens: 21, toolCalls: 3 } } });
    expect(await eventOf(late.traceId)).toMatchObject({ errors: 1, llmTokens: 21, toolCalls: 3 });
  });

  it("waits while the house is away, delays no caller, and loses nothing", async () => {
    const placement = await place("export default () => 'x';");
    host.house.batchStatus = 503;
    const calls = Array.from({ length: 20 }, () => invocationOf("?"));
    await Promise.all(calls.map((call) => host.provider.invoke(placement, call, { signal: never() })));
    expect(host.house.events.some((event) => event.traceId === calls[0]?.traceId)).toBe(false);
    host.house.batchStatus = 202;
    for (const call of calls) await eventOf(call.traceId);
  });

  it("drops what the house refuses for good, and goes on", async () => {
    const placement = await place("export default () => 'x';");
    host.house.batchStatus = 400;
    const before = host.house.batches;
    const refused = invocationOf("refused");
    await host.provider.invoke(placement, refused, { signal: never() });
    await expect.poll(() => host.house.batches).toBeGreaterThan(before);
    host.house.batchStatus = 202;
    const call = invocationOf("?");
    await host.provider.invoke(placement, call, { signal: never() });
    await eventOf(call.traceId);
    expect(host.house.events.some(({ traceId }) => traceId === refused.traceId)).toBe(false);
  });

  it("counts a hundred parallel streams once each", async () => {
    const placement = await place("export default async function* () { yield 'a'; yield 'b'; }");
    const calls = Array.from({ length: 100 }, () => invocationOf("?"));
    await Promise.all(calls.map(async (call) => collectEvents(await host.provider.stream(placement, call, { signal: never() }))));
    for (const call of calls) await eventOf(call.traceId);
    expect(new Set(host.house.events.map(({ eventId }) => eventId)).size).toBe(host.house.events.length);
  });

  it("is never signed with a wrong key", () => {
    expect(host.house.forgeries).toEqual([]);
  });

  it("cannot be sent by the agent: neither the key, nor the shim, nor the spool is within its reach", async () => {
    const placement = await place(`import * as workers from "cloudflare:workers";
      export default async () => {
        const seen = [Object.keys(workers.env), Object.keys(globalThis).filter((name) => /key|shim|spool|identity/i.test(name))];
        const attempts = ["http://agent-host/telemetry", "http://shim/", "http://spool/telemetry", "http://control/v1/telemetry/batch"];
        const answers = [];
        for (const url of attempts) answers.push(await fetch(url, { method: "POST", body: '{"events":[]}' }).then((r) => r.status, () => 0));
        return JSON.stringify({ seen, answers });
      };`);
    const before = host.house.events.length;
    const call = invocationOf("?");
    const { output } = await host.provider.invoke(placement, call, { signal: never() });
    const { seen, answers } = JSON.parse(output.text);
    expect(seen[0].sort()).toEqual(["agent", "sessions"]);
    for (const status of answers) expect([0, 403]).toContain(status);
    await eventOf(call.traceId);
    expect(host.house.events.length).toBe(before + 1);
  });
});
