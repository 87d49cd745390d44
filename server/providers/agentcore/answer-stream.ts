// A call's parts as what the house passes on: one whole answer, or invoke/v1 events numbered from 1.
import { Readable } from "node:stream";
import { formatDelta, formatEvent, keepAliveComment } from "~/runtime/contract/event-stream";
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import type { InvokeEvent, InvokeResponse } from "~/runtime/contract/invoke";
import { AppError, toAppError } from "~/server/errors";
import { GatheredText } from "~/server/providers/gathered-text";
import { spentWords } from "~/server/providers/spent-at-fault";
import type { CallPart, RunningCall } from "./run-call";

/** An agent that has not said anything so long after it began may still fail, but its caller should know that it is at work. */
const beginAtLatestMs = 1_000;
const keepAliveMs = 15_000;

type Told = { call: HostInvocation; deploymentId: string };
type Step = IteratorResult<CallPart, void>;

export async function collectAnswer(running: RunningCall, call: HostInvocation): Promise<InvokeResponse> {
  const text = new GatheredText(running.held);
  for await (const part of running.parts) {
    if ("text" in part) text.add(part.text);
    else return { output: { text: text.whole() }, sessionId: call.sessionId, usage: part.usage, traceId: call.traceId };
  }
  throw new AppError("RUNTIME_ERROR", "The agent ended without an answer.");
}

/** What fails before the agent said anything, and soon, is a rejection and not an event. */
export async function openStream(running: RunningCall, told: Told): Promise<Readable> {
  const first = running.parts.next();
  // Told by the stream when it comes later than that.
  first.catch(() => undefined);
  await Promise.race([first, untilOverdue(running)]);
  const stream = Readable.from(eventsOf(running, first, told), { objectMode: false, highWaterMark: 1 });
  endWithStream(stream, running);
  return stream;
}

async function untilOverdue(running: RunningCall): Promise<void> {
  await running.begun;
  await new Promise<void>((resolve) => void setTimeout(resolve, beginAtLatestMs).unref());
}

/** At once, and not when the generator below gets to it: it may be waiting for words that never come. */
function endWithStream(stream: Readable, running: RunningCall): void {
  const destroy = stream._destroy.bind(stream);
  stream._destroy = (error, done) => {
    running.abort(error ?? new Error("The caller went away."));
    destroy(error, done);
  };
}

async function* eventsOf(
  running: RunningCall,
  first: Promise<Step>,
  { call, deploymentId }: Told,
): AsyncGenerator<string, void, undefined> {
  const { traceId, sessionId } = call;
  let lastId = 0;
  const nextId = () => {
    lastId += 1;
    return lastId;
  };
  const event = (data: InvokeEvent) => formatEvent(nextId(), data);
  yield event({ event: "meta", data: { traceId, sessionId, deploymentId } });
  try {
    for await (const part of withSilences(running, first)) {
      if (part === null) yield keepAliveComment;
      else if ("text" in part) yield formatDelta(nextId(), part.text);
      else yield event({ event: "usage", data: part.usage }) + event({ event: "done", data: {} });
    }
  } catch (thrown) {
    const { code, message, retryable, details } = toAppError(thrown);
    const error = { code, message, retryable, ...(Object.keys(details).length > 0 ? { details } : {}) };
    yield event({ event: "error", data: { error, traceId, ...spentWords(thrown) } });
  }
}

/** Null for each stretch of silence. */
async function* withSilences(running: RunningCall, first: Promise<Step>): AsyncGenerator<CallPart | null, void, undefined> {
  let step = first;
  try {
    for (;;) {
      const silence = timer(keepAliveMs);
      const came = await Promise.race([step, silence.passed]).finally(silence.clear);
      if (came?.done) return;
      yield came === null ? null : came.value;
      if (came !== null) step = running.parts.next();
    }
  } finally {
    await running.parts.return();
  }
}

function timer(ms: number): { passed: Promise<null>; clear: () => void } {
  let handle: NodeJS.Timeout | undefined;
  const passed = new Promise<null>((resolve) => {
    handle = setTimeout(() => resolve(null), ms);
  });
  return { passed, clear: () => clearTimeout(handle) };
}
