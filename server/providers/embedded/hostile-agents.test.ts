// Agents that misbehave get the right error, quickly, and their neighbours notice nothing.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import { AppError } from "~/server/errors";
import { collectEvents } from "~/server/providers/read-events";
import { buildPlacement, invocationOf, startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";

let host: TestAgentHost;
let neighbour: Placement;

const never = () => new AbortController().signal;

beforeAll(async () => {
  host = await startTestAgentHost({ hangMs: 1_200, startMs: 6_000 });
  neighbour = await place("export default () => 'fine';");
});
afterAll(() => host.stop());

async function place(source: string, overrides: Partial<Placement> = {}): Promise<Placement> {
  const placement = await buildPlacement(host.provider, source, overrides);
  await host.provider.deploy(placement, { signal: never() });
  return placement;
}

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const thrown = await work.then(
    () => new Error("It resolved."),
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw thrown;
  return thrown;
}

/** The neighbour answers all the time that `work` takes. */
async function besideNeighbour<T>(work: Promise<T>): Promise<T> {
  let isOver = false;
  const answers: string[] = [];
  const asking = (async () => {
    while (!isOver) answers.push((await host.provider.invoke(neighbour, invocationOf("?"), { signal: never() })).output.text);
  })();
  const result = await work.finally(() => {
    isOver = true;
  });
  await asking;
  expect(answers.length).toBeGreaterThan(0);
  expect(new Set(answers)).toEqual(new Set(["fine"]));
  return result;
}

const invoke = (placement: Placement, prompt = "?") => host.provider.invoke(placement, invocationOf(prompt), { signal: never() });

describe("agents that misbehave", () => {
  it("an endless loop is ended by the heartbeat, and the next call gets a fresh process", async () => {
    const placement = await place(
      "export default (r) => { if (r.input.messages[0].content === 'loop') for (;;); return 'ok'; };",
    );
    const error = await besideNeighbour(failureOf(invoke(placement, "loop")));
    expect(error.code).toBe("RUNTIME_ERROR");
    expect(error.message).toContain("without a pause");
    expect(error.retryable).toBe(false);
    expect((await invoke(placement)).output.text).toBe("ok");
  });

  it("a kill in the middle of a stream ends it with a marked error, retryable for the innocent", async () => {
    const placement = await place(`export default async function* (r) {
      yield "begun";
      if (r.input.messages[0].content === "loop") for (;;);
      for (;;) { await new Promise((resolve) => setTimeout(resolve, 20)); yield "."; }
    }`);
    const innocent = await host.provider.stream(placement, invocationOf("wait"), { signal: never() });
    const guilty = await host.provider.stream(placement, invocationOf("loop"), { signal: never() });
    const endings = await Promise.all([innocent, guilty].map(async (stream) => (await collectEvents(stream)).at(-1)));
    for (const ending of endings) {
      expect(ending).toMatchObject({ event: "error", data: { error: { code: "RUNTIME_ERROR", retryable: true } } });
    }
  });

  it("eating the heap ends the process, and the answer names the limit", async () => {
    const placement = await place("export default () => { const a = []; for (;;) a.push(new Array(1e5).fill(1.5)); };", {
      memoryMb: 64,
    });
    const error = await besideNeighbour(failureOf(invoke(placement)));
    expect(error.message).toContain("64 MB of memory");
  });

  it("eating memory outside the heap is stopped too", async () => {
    const placement = await place(
      `const kept = [];
       export default async () => {
         for (;;) { kept.push(new Uint8Array(8e6).fill(1)); await new Promise((resolve) => setTimeout(resolve, 10)); }
       };`,
      { memoryMb: 64 },
    );
    const error = await besideNeighbour(failureOf(invoke(placement)));
    expect(error.message).toMatch(/64 MB of memory|allocation failed/i);
  });

  it("an exception at import is told in the agent's own words and place, also by calls that come later", async () => {
    const placement = await place("const read = (config) => config.model.name;\nread({});\nexport default () => '';");
    const first = await failureOf(host.provider.activate(placement, { signal: never() }));
    expect(first.code).toBe("DEPLOYMENT_FAILED");
    expect(first.message).toContain("Cannot read properties of undefined");
    expect(first.message).toContain("index.ts:1:");
    await failureOf(invoke(placement));
    // Between starts in vain the pauses double: one of them is longer than the call takes to come.
    const launchesByCall = async () => {
      const launches = host.house.launches.length;
      expect((await failureOf(invoke(placement))).message).toBe(first.message);
      return host.house.launches.length - launches;
    };
    await expect.poll(launchesByCall).toBe(0);
  });

  for (const [name, source] of [
    ["random values", "const id = crypto.randomUUID(); export default () => id;"],
    ["timers", "setTimeout(() => {}, 10); export default () => '';"],
    ["network calls", "const page = await fetch('https://example.com'); export default () => '';"],
  ] as const) {
    it(`${name} at import are explained`, async () => {
      const error = await failureOf(host.provider.activate(await place(source), { signal: never() }));
      expect(error.message).toContain("Do it inside the handler");
    });
  }

  it("a loop at import is ended, and said so", async () => {
    const error = await failureOf(host.provider.activate(await place("for (;;); export default () => '';"), { signal: never() }));
    expect(error.message).toContain("did not finish loading");
  });

  it("never answering is a timeout", async () => {
    const placement = await place("export default () => new Promise(() => {});", { timeoutMs: 300 });
    expect(await besideNeighbour(failureOf(invoke(placement)))).toMatchObject({ retryable: true, details: { timedOut: true } });
  });

  it("waiting for what never comes is told at once, as that, to the caller and in the log", async () => {
    const placement = await place("export default () => new Promise(() => {});");
    const error = await besideNeighbour(failureOf(invoke(placement)));
    expect(error).toMatchObject({ retryable: true, details: { timedOut: true, reason: "agent_hung" } });
    expect(error.message).toContain("waits for a promise that nothing is left to resolve");
    const lines = (await host.provider.logs(placement, { limit: 50 })).map(({ line }) => line);
    expect(lines).toContainEqual(expect.stringContaining("nothing was left to resolve"));
    expect(lines.join()).not.toContain("workerd/");
  });

  const garbage: Record<string, string> = {
    "a number": "export default () => 42;",
    nothing: "export default () => {};",
    "a Response": "export default () => new Response('x');",
    "an object of another shape": "export default () => ({ text: 'x' });",
    "reportUsage takes": "export default (_r, c) => { c.reportUsage(7); return ''; };",
    "usage.tokens": "export default () => ({ output: { text: '' }, usage: { tokens: -1 } });",
    "yielded a Uint8Array": "export default async function* () { yield new Uint8Array(3); }",
  };
  for (const [words, source] of Object.entries(garbage)) {
    it(`garbage is named: ${words}`, async () => {
      const error = await failureOf(invoke(await place(source)));
      expect(error).toMatchObject({ code: "RUNTIME_ERROR", retryable: false });
      expect(error.message).toContain(words);
    });
  }

  it("an agent that ends its own process in the middle of a stream gets a marked error", async () => {
    const placement = await place("export default async function* () { yield 'one'; process.exit(1); }");
    const stream = await host.provider.stream(placement, invocationOf("?"), { signal: never() });
    const events = await besideNeighbour(collectEvents(stream));
    expect(events.at(-1)).toMatchObject({ event: "error", data: { error: { code: "RUNTIME_ERROR" } } });
  });

  it("tampering with the globals that the wrapper uses breaks that agent only", async () => {
    const placement = await place("JSON.stringify = () => '{\"usage\":'; export default () => 'x';");
    expect((await besideNeighbour(failureOf(invoke(placement)))).code).toBe("RUNTIME_ERROR");
  });

  it("an answer over 10 MiB is cut with an error, and memory of the host stays small", async () => {
    const placement = await place(
      "export default async function* () { for (let i = 0; i < 200; i += 1) yield 'x'.repeat(100_000); }",
    );
    const stream = await host.provider.stream(placement, invocationOf("?"), { signal: never() });
    const last = (await collectEvents(stream)).at(-1);
    expect(last).toMatchObject({
      event: "error",
      data: { error: { message: expect.stringContaining("10 MiB"), retryable: false } },
    });
  });

  it("a slow reader slows the agent down instead of filling memory", async () => {
    const placement = await place(
      "let made = 0; export default async function* (r) { if (r.input.messages[0].content === 'made') { yield String(made); return; } for (let i = 0; i < 90; i += 1) { made += 1; yield 'x'.repeat(100_000); } }",
    );
    const stream = await host.provider.stream(placement, invocationOf("go"), { signal: never() });
    stream.pause();
    await expect.poll(async () => Number((await invoke(placement, "made")).output.text), { interval: 100 }).toBeGreaterThan(5);
    const before = Number((await invoke(placement, "made")).output.text);
    expect(before).toBeLessThan(60);
    const events = await collectEvents(stream);
    expect(events.at(-1)?.event).toBe("done");
  });

  it("a flood of output is cut, and what the host says is kept", async () => {
    const placement = await place(
      "export default () => { for (let i = 0; i < 5000; i += 1) console.log('line', i); return 'done'; };",
    );
    await invoke(placement);
    await expect.poll(async () => (await host.provider.logs(placement, { limit: 1_000 })).length).toBeGreaterThan(900);
    const lines = await host.provider.logs(placement, { limit: 1_000 });
    expect(lines.length).toBeLessThanOrEqual(1_000);
  });

  it("what an agent throws reaches its log with the author's file and line", async () => {
    const placement = await place("export default () => {\n  throw new Error('look here');\n};");
    await failureOf(invoke(placement));
    await expect.poll(async () => JSON.stringify(await host.provider.logs(placement, { limit: 50 }))).toContain("index.ts:2:");
  });
});
