// A running call as invoke/v1: one JSON answer, or server-sent events that are numbered and always end in `done` or `error`.
import { Readable } from "node:stream";
import type { AgentFrame } from "~/runtime/contract/agent-frames";
import { formatDelta, formatEvent, keepAliveComment } from "~/runtime/contract/event-stream";
import type { InvokeEvent, InvokeResponse } from "~/runtime/contract/invoke";
import { AppError, toAppError } from "~/server/errors";
import { GatheredText } from "~/server/providers/gathered-text";
import { spentWords } from "~/server/providers/spent-at-fault";
import type { RunningCall } from "./running-call";

/** An agent that has not said anything by then may still fail, but its caller should know that it is at work. */
const beginAtLatestMs = 1_000;
const keepAliveMs = 15_000;
const readAheadBytes = 16_384;

export async function collectAnswer(running: RunningCall): Promise<InvokeResponse> {
  const { sessionId, traceId } = running.call;
  const text = new GatheredText(running.held);
  for await (const frame of running.frames) {
    if (typeof frame === "string") text.add(frame);
    else if ("usage" in frame) return { output: { text: text.whole() }, sessionId, usage: running.usageOf(frame.usage), traceId };
  }
  throw new AppError("RUNTIME_ERROR", "The agent ended without an answer.");
}

/** Resolves with the first words, or when it is time to say that they are still to come; rejects with what went wrong before. */
export async function streamAnswer(running: RunningCall, deploymentId: string): Promise<Readable> {
  const first = running.frames.next();
  await waitFor(first, beginAtLatestMs);
  const stream = Readable.from(eventsOf(running, first, deploymentId), { objectMode: false, highWaterMark: readAheadBytes });
  // A generator that waits for the agent does not hear that its reader has gone.
  stream.once("close", running.end);
  return stream;
}

type Step = IteratorResult<AgentFrame, void>;

async function* eventsOf(
  running: RunningCall,
  first: Promise<Step>,
  deploymentId: string,
): AsyncGenerator<string, void, undefined> {
  const { traceId, sessionId } = running.call;
  let lastId = 1;
  const event = (data: InvokeEvent) => {
    lastId += 1;
    return formatEvent(lastId, data);
  };
  yield formatEvent(lastId, { event: "meta", data: { traceId, sessionId, deploymentId } });
  try {
    for (let step = first; ; step = running.frames.next()) {
      while ((await waitFor(step, keepAliveMs)) === null) yield keepAliveComment;
      const { done, value: frame } = await step;
      if (done || frame === undefined) return;
      if (typeof frame === "string") {
        lastId += 1;
        yield formatDelta(lastId, frame);
      } else if ("usage" in frame) {
        yield event({ event: "usage", data: running.usageOf(frame.usage) }) + event({ event: "done", data: {} });
      }
    }
  } catch (thrown) {
    const { code, message, retryable } = toAppError(thrown);
    yield event({ event: "error", data: { error: { code, message, retryable }, traceId, ...spentWords(thrown) } });
  }
}

/** Null when it takes longer. Rejects when the step does. */
async function waitFor(step: Promise<Step>, ms: number): Promise<Step | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([step, late]);
  } finally {
    clearTimeout(timer);
  }
}
