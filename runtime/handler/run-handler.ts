// Runs a customer's handler once and turns whatever it does into frames: deltas, then usage or an error. The same on every target.
import { type AgentFault, type AgentFrame, faultCharactersMax } from "~/runtime/contract/agent-frames";
import type { AgentContext, AgentHandler, HandlerRequest } from "~/runtime/contract/handler";
import type { ReportedUsage } from "~/runtime/contract/invoke";

export type HandlerRun = {
  handler: AgentHandler;
  request: HandlerRequest;
  context: Omit<AgentContext, "reportUsage">;
  /** Where an error's stack goes: the agent's own log, never the caller. */
  onFault(thrown: unknown): void;
  /** At each report, of all until then: a call that is cut off says nothing more. */
  onUsage?(usage: ReportedUsage): void;
};

export async function* runHandler(run: HandlerRun): AsyncGenerator<AgentFrame, void, undefined> {
  const usage: ReportedUsage = { tokens: 0, toolCalls: 0 };
  const reportUsage = (reported: unknown) => {
    addUsage(usage, reported);
    run.onUsage?.({ ...usage });
  };
  try {
    const context: AgentContext = { ...run.context, reportUsage };
    const result: unknown = await untilAborted(run.handler(run.request, context), context.signal);
    yield* deltasOf(result, usage, context.signal);
    yield { usage };
  } catch (thrown) {
    if (!run.context.signal.aborted) run.onFault(thrown);
    const isAny = usage.tokens > 0 || usage.toolCalls > 0;
    yield { error: { ...describeFault(thrown), ...(isAny ? { usage } : {}) } };
  }
}

async function* deltasOf(result: unknown, usage: ReportedUsage, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  if (typeof result === "string") {
    yield result;
  } else if (isAsyncIterable(result)) {
    yield* textsOf(result, signal);
  } else {
    const answer = toAnswer(result);
    if (answer.usage !== undefined) addUsage(usage, answer.usage);
    yield answer.text;
  }
}

async function* textsOf(source: AsyncIterable<unknown>, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await untilAborted(iterator.next(), signal);
      if (step.done) return;
      if (typeof step.value !== "string")
        throw new HandlerContractError(`The handler yielded ${nameOf(step.value)}; yield strings.`);
      if (step.value !== "") yield step.value;
    }
  } finally {
    // Not awaited: a generator that ignores the abort would hold us here for ever.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

/** Rejects as soon as the signal is aborted, whatever the handler does about it. */
function untilAborted<T>(work: T | PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason instanceof Error ? signal.reason : new Error("The call was aborted."));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", abort));
  });
}

function toAnswer(result: unknown): { text: string; usage: Record<string, unknown> | undefined } {
  if (!isRecord(result) || !isRecord(result["output"]) || typeof result["output"]["text"] !== "string") {
    throw new HandlerContractError(
      `The handler returned ${nameOf(result)}; return a string, { output: { text } } or an async iterable of strings.`,
    );
  }
  const usage = result["usage"];
  if (usage !== undefined && !isRecord(usage)) throw new HandlerContractError(`The handler returned ${nameOf(usage)} as usage.`);
  return { text: result["output"]["text"], usage };
}

function addUsage(usage: ReportedUsage, reported: unknown): void {
  if (!isRecord(reported)) throw new HandlerContractError("reportUsage takes an object such as { tokens: 12 }.");
  for (const name of ["tokens", "toolCalls"] as const) {
    const added = reported[name] ?? 0;
    if (typeof added !== "number" || !Number.isSafeInteger(added) || added < 0) {
      throw new HandlerContractError(`usage.${name} must be a whole number of at least 0.`);
    }
    usage[name] += added;
  }
}

class HandlerContractError extends Error {
  override readonly name = "HandlerContractError";
}

function describeFault(thrown: unknown): AgentFault {
  if (thrown instanceof HandlerContractError) return { kind: "invalid", message: thrown.message };
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : `a value that is not an Error (${nameOf(thrown)})`;
  return { kind: "thrown", message: `The agent threw ${text}`.slice(0, faultCharactersMax) };
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value !== "object") return `a ${typeof value}`;
  const name = value.constructor?.name;
  return name && name !== "Object" ? `a ${name}` : "an object of another shape";
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return isRecord(value) && typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === "function";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
