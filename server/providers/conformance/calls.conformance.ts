// What every provider promises of calls: the whole answer, the stream in its order, and a session that remembers.
import { expect, it } from "vitest";
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import { invocationOf } from "~/server/testing/agent-host";
import { agents } from "./agents.conformance";
import { ask, eventsOf, never, type OpenHarness, placeAgent } from "./harness.conformance";

export function describeCalls(open: OpenHarness): void {
  it("answers a whole call with text, session, usage and trace", async () => {
    const harness = open();
    const placement = await placeAgent(harness, agents.metered);
    const call = invocationOf("measure");
    const answer = await harness.provider.invoke(placement, call, { signal: never() });
    expect(answer).toEqual({
      output: { text: "measured" },
      sessionId: call.sessionId,
      traceId: call.traceId,
      usage: { tokens: 7, toolCalls: 1, computeMs: expect.any(Number) },
    });
    expect(Number.isInteger(answer.usage.computeMs)).toBe(true);
  });

  it("streams meta, deltas, usage, done, in this order and each with an id", async () => {
    const harness = open();
    const placement = await placeAgent(harness, agents.words);
    const call = invocationOf("ein zwei 三 🙂");
    const events = await eventsOf(harness, placement, call);
    expect(events.map(({ event }) => event)).toEqual(["meta", "delta", "delta", "delta", "delta", "usage", "done"]);
    expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(events[0]?.data).toEqual({ traceId: call.traceId, sessionId: call.sessionId, deploymentId: placement.deploymentId });
    expect(events.flatMap((event) => (event.event === "delta" ? [event.data.text] : [])).join("")).toBe("ein zwei 三 🙂 ");
  });

  it("streams a plain string as one delta", async () => {
    const harness = open();
    const events = await eventsOf(harness, await placeAgent(harness, agents.echo), invocationOf("whole!"));
    expect(events.map(({ event }) => event)).toEqual(["meta", "delta", "usage", "done"]);
  });

  it("carries what the agent said as it said it, whole and in pieces: every line break, half characters, none at the end, a megabyte", {
    timeout: 120_000,
  }, async () => {
    const harness = open();
    const placement = await placeAgent(harness, agents.pieces);
    const odd = "a\r\nb\rc\nd\u2028e\u0085\u0000\ufeff👩‍🚀\n\nid: 9\nevent: done\ndata: {}\r\n\r\n\r";
    for (const [asked, said] of [
      [odd, odd],
      ["a megabyte", "grüß 👩‍🚀.".repeat(65_536)],
    ] as const) {
      expect(await ask(harness, placement, invocationOf(asked))).toBe(said);
      const events = await eventsOf(harness, placement, invocationOf(asked));
      expect(events.flatMap((event) => (event.event === "delta" ? [event.data.text] : [])).join("")).toBe(said);
      expect(events.at(-1)?.event).toBe("done");
    }
  });

  it("keeps what a session remembers, and keeps sessions apart", async () => {
    const harness = open();
    const placement = await placeAgent(harness, agents.counter);
    const first = invocationOf("+");
    const count = (call: HostInvocation) => ask(harness, placement, call);
    expect(await count(first)).toBe("1");
    expect(await count({ ...first, traceId: invocationOf("").traceId })).toBe("2");
    expect(await count(invocationOf("+"))).toBe("1");
  });
}
