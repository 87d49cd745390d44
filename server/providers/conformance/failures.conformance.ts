// What every provider promises of calls that fail: the right code, a true `retryable`, the agent's own words, and a marked end.
import { expect, it } from "vitest";
import { statusOf } from "~/server/errors";
import { readEvents } from "~/server/providers/read-events";
import { spentAt } from "~/server/providers/spent-at-fault";
import { invocationOf } from "~/server/testing/agent-host";
import { agents } from "./agents.conformance";
import { eventsOf, never, type OpenHarness, placeAgent, rejectionOf } from "./harness.conformance";

export function describeFailures(open: OpenHarness): void {
  it("a caller who leaves ends the call", async () => {
    const harness = open();
    const placement = await placeAgent(harness, agents.endless);
    const leaving = new AbortController();
    const stream = await harness.provider.stream(placement, invocationOf("go"), { signal: leaving.signal });
    stream.on("error", () => undefined);
    const closed = new Promise((resolve) => stream.once("close", resolve));
    stream.resume();
    stream.destroy();
    await closed;
    const whole = harness.provider.invoke(placement, invocationOf("go"), { signal: AbortSignal.timeout(200) });
    await expect(whole).rejects.toThrow();
  });

  it("a caller who leaves is heard by the agent within 100 ms", { timeout: 120_000 }, async () => {
    const harness = open();
    const placement = await placeAgent(harness, agents.leaver);
    const leftAt: number[] = [];
    const leave = async () => {
      const stream = await harness.provider.stream(placement, invocationOf(String(leftAt.length)), { signal: never() });
      stream.on("error", () => undefined);
      const events = readEvents(stream);
      while ((await events.next()).value?.event !== "delta");
      leftAt.push(Date.now());
      stream.destroy();
    };
    const waits = async () =>
      (await harness.provider.logs(placement, { limit: 100 })).flatMap(({ line }) => {
        const [, time, at] = /^left (\d+) (\d+)$/.exec(line) ?? [];
        return at === undefined ? [] : [Number(at) - (leftAt[Number(time)] ?? 0)];
      });
    // The machine may be busy with something else; what we promise shows in the fastest. That it is heard at all holds for each.
    for (let fastest = Number.POSITIVE_INFINITY; fastest > 100; fastest = Math.min(...(await waits()))) {
      expect(leftAt.length, `the fastest took ${fastest} ms`).toBeLessThan(20);
      for (let time = 0; time < 5; time += 1) await leave();
      await expect.poll(async () => (await waits()).length, { timeout: harness.logsLateMs ?? 15_000 }).toBe(leftAt.length);
    }
  });

  it("a call that takes too long is a retryable timeout", async () => {
    const harness = open();
    const placement = await placeAgent(harness, agents.silent);
    const error = await rejectionOf(
      harness.provider.invoke(placement, invocationOf("?", { timeoutMs: 300 }), { signal: never() }),
    );
    expect(error).toMatchObject({ code: "RUNTIME_ERROR", retryable: true });
    expect(statusOf(error)).toBe(504);
  });

  it("a stream that takes too long ends with a marked error", async () => {
    const harness = open();
    const placement = await placeAgent(harness, agents.endless);
    const events = await eventsOf(harness, placement, invocationOf("go", { timeoutMs: 400 }));
    expect(events.at(0)?.event).toBe("meta");
    expect(events.at(-1)).toMatchObject({ event: "error", data: { error: { code: "RUNTIME_ERROR", retryable: true } } });
  });

  for (const [agent, words] of [
    ["thrower", "RangeError: no luck"],
    ["garbage", "a number"],
  ] as const) {
    it(`${agent}: fails the call before the stream begins, and says why`, async () => {
      const harness = open();
      const placement = await placeAgent(harness, agents[agent]);
      const both = [
        harness.provider.invoke(placement, invocationOf("?"), { signal: never() }),
        harness.provider.stream(placement, invocationOf("?"), { signal: never() }),
      ];
      for (const error of await Promise.all(both.map(rejectionOf))) {
        expect(error).toMatchObject({ code: "RUNTIME_ERROR", retryable: false });
        expect(error.message).toContain(words);
      }
    });
  }

  it("a call that fails says what the agent had reported until then, to the meter alone", async () => {
    const harness = open();
    const placement = await placeAgent(harness, agents.spender);
    const whole = await rejectionOf(harness.provider.invoke(placement, invocationOf("?"), { signal: never() }));
    expect(spentAt(whole)).toMatchObject({ tokens: 7, toolCalls: 2 });
    expect(JSON.stringify(whole)).not.toContain("tokens");
    const events = await eventsOf(harness, placement, invocationOf("go"));
    expect(events.at(-1)).toMatchObject({ event: "error", data: { usage: { tokens: 7, toolCalls: 2 } } });
  });

  it("an agent that breaks in the middle keeps what it said and marks the end", async () => {
    const harness = open();
    const events = await eventsOf(harness, await placeAgent(harness, agents.breaking), invocationOf("go"));
    expect(events.map(({ event }) => event)).toEqual(["meta", "delta", "error"]);
    expect(events.at(-1)?.data).toMatchObject({ error: { code: "RUNTIME_ERROR", retryable: false } });
  });
}
