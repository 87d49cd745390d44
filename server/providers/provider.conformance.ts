// What every provider promises, as tests: an adapter is done when it passes this suite, and so does the fake that stands in for it.
import { describe, expect, it } from "vitest";
import type { HostInvocation, Placement } from "~/runtime/contract/host-protocol";
import { AppError, statusOf } from "~/server/errors";
import { newId } from "~/server/ids";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";
import { collectEvents, readEvents } from "./read-events";
import { describeSecrets, type ProviderHarness, placeAgent } from "./secrets.conformance";

/** `open` is called once per test, after the adapter's own `beforeAll`. */
export function describeProvider(name: string, open: () => ProviderHarness): void {
  describe(`${name}: placing`, () => describePlacing(open));
  describe(`${name}: calls`, () => describeCalls(open));
  describe(`${name}: failing calls`, () => describeFailures(open));
  describe(`${name}: secrets`, () => describeSecrets(open));
}

/** What is counted in deltas ends in a character that no secret begins with: the host holds back what may become one. */
const agents = {
  echo: "export default (request) => request.input.messages.at(-1).content;",
  words:
    "export default async function* (request) { for (const word of request.input.messages[0].content.split(' ')) yield word + ' '; }",
  counter: `export default async (_request, { session }) => {
    const count = ((await session.get("count")) ?? 0) + 1;
    await session.set("count", count);
    return String(count);
  };`,
  metered: `export default async (_request, context) => {
    context.reportUsage({ tokens: 3, toolCalls: 1 });
    return { output: { text: "measured" }, usage: { tokens: 4 } };
  };`,
  endless: `export default async function* (_request, { signal }) {
    yield "first";
    while (!signal.aborted) { await new Promise((resolve) => setTimeout(resolve, 10)); yield "."; }
  }`,
  silent: "export default () => new Promise(() => {});",
  thrower: "export default (_request, { env }) => { throw new RangeError('no luck with ' + (env.API_SECRET ?? 'nothing')); };",
  garbage: "export default () => 42;",
  breaking: "export default async function* () { yield 'one '; throw new Error('broke'); }",
} as const;

const never = () => new AbortController().signal;

function place(harness: ProviderHarness, agent: keyof typeof agents, overrides: Partial<Placement> = {}): Promise<Placement> {
  return placeAgent(harness, agents[agent], overrides);
}

async function rejectionOf(work: Promise<unknown>): Promise<AppError> {
  const thrown = await work.then(
    () => new Error("It resolved."),
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw thrown;
  return thrown;
}

async function eventsOf(harness: ProviderHarness, placement: Placement, call: HostInvocation) {
  const stream = await harness.provider.stream(placement, call, { signal: never() });
  return collectEvents(stream);
}

function describePlacing(open: () => ProviderHarness): void {
  it("placing the same deployment twice places one", async () => {
    const harness = open();
    const placement = await place(harness, "echo");
    await harness.provider.deploy(placement, { signal: never() });
    await harness.provider.activate(placement, { signal: never() });
    const answer = await harness.provider.invoke(placement, invocationOf("hello"), { signal: never() });
    expect(answer.output.text).toBe("hello");
  });

  it("a placed deployment never changes", async () => {
    const harness = open();
    const placement = await place(harness, "echo");
    const other = await buildPlacement(harness.provider, agents.counter, { ...identityOf(placement) });
    expect((await rejectionOf(harness.provider.deploy(other, { signal: never() }))).code).toBe("CONFLICT");
  });

  it("a module that does not match its digest is refused", async () => {
    const harness = open();
    const placement = await buildPlacement(harness.provider, agents.echo);
    const damaged = { ...placement, module: `${placement.module} ` };
    expect((await rejectionOf(harness.provider.deploy(damaged, { signal: never() }))).code).toBe("DEPLOYMENT_FAILED");
  });

  it("a new version beside the old leaves calls in flight alone", async () => {
    const harness = open();
    const old = await place(harness, "endless");
    const stream = await harness.provider.stream(old, invocationOf("go"), { signal: never() });
    const events = readEvents(stream);
    await events.next();
    const next = await place(harness, "echo", { agentId: old.agentId, version: 2 });
    await harness.provider.activate(next, { signal: never() });
    expect((await harness.provider.invoke(next, invocationOf("new"), { signal: never() })).output.text).toBe("new");
    const { value } = await events.next();
    expect(value).toMatchObject({ event: "delta" });
    stream.destroy();
  });

  it("an agent that throws while it loads fails its activation, in its own words", async () => {
    const harness = open();
    const placement = await buildPlacement(harness.provider, "throw new Error('no config at import'); export default () => '';");
    await harness.provider.deploy(placement, { signal: never() });
    const error = await rejectionOf(harness.provider.activate(placement, { signal: never() }));
    expect(error.code).toBe("DEPLOYMENT_FAILED");
    expect(error.message).toContain("no config at import");
  });

  it("an agent without a handler fails its activation and says what to write", async () => {
    const harness = open();
    const placement = await buildPlacement(harness.provider, "export const answer = 42;");
    await harness.provider.deploy(placement, { signal: never() });
    expect((await rejectionOf(harness.provider.activate(placement, { signal: never() }))).message).toContain("export default");
  });

  it("stopping ends what runs and leaves it placed: the next call starts it anew", async () => {
    const harness = open();
    const placement = await place(harness, "endless");
    await harness.provider.stop(placement);
    const stream = await harness.provider.stream(placement, invocationOf("go"), { signal: never() });
    const broke = new Promise((resolve) => stream.once("close", resolve));
    stream.on("error", () => undefined).resume();
    await harness.provider.stop(placement);
    await broke;
    await harness.provider.stop({ ...placement, deploymentId: newId("deployment") });
    const again = readEvents(await harness.provider.stream(placement, invocationOf("go"), { signal: never() }));
    expect((await again.next()).value).toMatchObject({ event: "meta" });
    await again.return(undefined);
  });

  it("destroying what is not there succeeds, and what was destroyed is gone", async () => {
    const harness = open();
    const placement = await place(harness, "echo");
    await harness.provider.destroy(placement);
    await harness.provider.destroy(placement);
    const error = await rejectionOf(harness.provider.invoke(placement, invocationOf("?"), { signal: never() }));
    expect(error.code).toBe("NOT_FOUND");
  });

  it("health tells the state and changes nothing", async () => {
    const { provider } = open();
    const first = await provider.health();
    expect(first.status).toBe("up");
    expect(await provider.health()).toEqual(first);
  });

  it("an estimate is deterministic, monotonic, and nothing for nothing", () => {
    const { provider } = open();
    const call = { requests: 1, computeMs: 100, llmTokens: 10 };
    expect(provider.estimateCost({ requests: 0, computeMs: 0, llmTokens: 0 })).toBe(0);
    expect(provider.estimateCost(call)).toBe(provider.estimateCost({ ...call }));
    for (const field of ["requests", "computeMs", "llmTokens"] as const) {
      expect(provider.estimateCost({ ...call, [field]: call[field] * 100 })).toBeGreaterThan(provider.estimateCost(call));
    }
  });
}

function describeCalls(open: () => ProviderHarness): void {
  it("answers a whole call with text, session, usage and trace", async () => {
    const harness = open();
    const placement = await place(harness, "metered");
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
    const placement = await place(harness, "words");
    const call = invocationOf("ein zwei 三 🙂");
    const events = await eventsOf(harness, placement, call);
    expect(events.map(({ event }) => event)).toEqual(["meta", "delta", "delta", "delta", "delta", "usage", "done"]);
    expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(events[0]?.data).toEqual({ traceId: call.traceId, sessionId: call.sessionId, deploymentId: placement.deploymentId });
    expect(events.flatMap((event) => (event.event === "delta" ? [event.data.text] : [])).join("")).toBe("ein zwei 三 🙂 ");
  });

  it("streams a plain string as one delta", async () => {
    const harness = open();
    const events = await eventsOf(harness, await place(harness, "echo"), invocationOf("whole!"));
    expect(events.map(({ event }) => event)).toEqual(["meta", "delta", "usage", "done"]);
  });

  it("keeps what a session remembers, and keeps sessions apart", async () => {
    const harness = open();
    const placement = await place(harness, "counter");
    const first = invocationOf("+");
    const count = async (call: HostInvocation) =>
      (await harness.provider.invoke(placement, call, { signal: never() })).output.text;
    expect(await count(first)).toBe("1");
    expect(await count({ ...first, traceId: invocationOf("").traceId })).toBe("2");
    expect(await count(invocationOf("+"))).toBe("1");
  });
}

function describeFailures(open: () => ProviderHarness): void {
  it("a caller who leaves ends the call", async () => {
    const harness = open();
    const placement = await place(harness, "endless");
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

  it("a call that takes too long is a retryable timeout", async () => {
    const harness = open();
    const placement = await place(harness, "silent");
    const error = await rejectionOf(
      harness.provider.invoke(placement, invocationOf("?", { timeoutMs: 300 }), { signal: never() }),
    );
    expect(error).toMatchObject({ code: "RUNTIME_ERROR", retryable: true });
    expect(statusOf(error)).toBe(504);
  });

  it("a stream that takes too long ends with a marked error", async () => {
    const harness = open();
    const placement = await place(harness, "endless");
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
      const placement = await place(harness, agent);
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

  it("an agent that breaks in the middle keeps what it said and marks the end", async () => {
    const harness = open();
    const events = await eventsOf(harness, await place(harness, "breaking"), invocationOf("go"));
    expect(events.map(({ event }) => event)).toEqual(["meta", "delta", "error"]);
    expect(events.at(-1)?.data).toMatchObject({ error: { code: "RUNTIME_ERROR", retryable: false } });
  });
}

function identityOf({ deploymentId, agentId, workspaceId, userId, stateKey }: Placement): Partial<Placement> {
  return { deploymentId, agentId, workspaceId, userId, stateKey };
}
