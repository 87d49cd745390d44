// One call of an agent at AgentCore: sent once, its answer read frame by frame, its time limited from outside too.
import type { HostInvocation } from "~/runtime/contract/host-protocol";
import type { InvokeUsage } from "~/runtime/contract/invoke";
import type { NodeFrame } from "~/runtime/contract/node-protocol";
import { AppError } from "~/server/errors";
import type { HeldAnswer } from "~/server/providers/held-answers";
import { withSpent } from "~/server/providers/spent-at-fault";
import { withDeadline } from "~/server/with-deadline";
import { awsTrouble } from "./aws-trouble";
import { cutAnswer, exchangeFrames } from "./exchange-frames";
import type { LiveCalls } from "./live-calls";
import { clientTokenOf, endpointNameOf, runtimeSessionIdOf } from "./names";
import type { PlacedRecord } from "./placed-records";
import type { Room } from "./room";
import { charactersOf, noteChange, readSession, type SessionChanges, type SessionPlace, saveSession } from "./session-entries";

export type CallPart = { text: string } | { usage: InvokeUsage };

export type RunningCall = {
  /** Texts, then the usage. Rejects with `RUNTIME_ERROR`, or with what the call was aborted for. */
  parts: AsyncGenerator<CallPart, void, undefined>;
  /** Resolves when the agent's process has taken the call; its start may have taken a while. Never rejects. */
  begun: Promise<void>;
  held: HeldAnswer;
  abort(reason: Error): void;
};

const answerBytesMax = 10 * 1024 * 1024;
const saveTimeoutMs = 10_000;
const stopTimeoutMs = 10_000;
/** What a session remembers is there as its values, and as the bytes that are sent. */
const timesCarried = 4;
/** A unit of a text takes two bytes at most. */
const timesNoted = 2;

type Asked = { room: Room; live: LiveCalls; record: PlacedRecord; call: HostInvocation; signal: AbortSignal };

/** Nothing is sent before the first part is asked for. */
export function runCall(asked: Asked): RunningCall {
  const ending = new AbortController();
  const { record, call } = asked;
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const live = {
    deploymentId: record.deploymentId,
    runtimeSessionId: runtimeSessionIdOf(record.deploymentId, record.runtimeVersion, call.sessionId),
    abort: (reason: Error) => ending.abort(reason),
  };
  const held = asked.room.answers.open(record.workspaceId, live.abort);
  const onAbort = () => ending.abort(asked.signal.reason);
  async function* parts(): AsyncGenerator<CallPart, void, undefined> {
    const remove = asked.live.add(live);
    asked.signal.addEventListener("abort", onAbort, { once: true });
    if (asked.signal.aborted) onAbort();
    let isWhole = false;
    try {
      yield* answerOf(asked, live.runtimeSessionId, { ending, begin, held });
      isWhole = true;
    } finally {
      asked.signal.removeEventListener("abort", onAbort);
      remove();
      held.release();
      if (!isWhole && ending.signal.aborted) endProcess(asked, live.runtimeSessionId, ending.signal.reason);
    }
  }
  return { parts: parts(), begun, held, abort: live.abort };
}

/**
 * A process that was left in the middle may go on by itself, and would be paid for. What ran out of time had its grace; an agent whose
 * caller left is given it now, to hear of it, to tidy up and to report what it has used.
 */
function endProcess({ room, live, record }: Asked, sessionId: string, reason: unknown): void {
  const stop = () => void (live.isBusy(sessionId) || stopSessions(room, record, [sessionId]));
  if (reason instanceof AppError && reason.details["timedOut"] === true) stop();
  else setTimeout(stop, room.pace.graceMs).unref();
}

/** Starts a fresh process and answers which deployment it is of. Rejects with `RUNTIME_ERROR` in the agent's own words. */
export async function startProcess(
  room: Room,
  at: { record: PlacedRecord; through: string; sessionId: string },
  signal: AbortSignal,
): Promise<string> {
  const ending = new AbortController();
  const patience = withDeadline(room.pace.startMs, signal);
  patience.addEventListener("abort", () => ending.abort(signal.aborted ? signal.reason : overdue(room.pace.startMs)), {
    once: true,
  });
  for await (const frame of exchangeFrames({ room, ...at, request: { kind: "start" } }, ending)) {
    if (typeof frame !== "string" && "ready" in frame) return frame.ready.deploymentId;
    if (typeof frame !== "string" && "error" in frame) throw new AppError("RUNTIME_ERROR", frame.error.message);
  }
  throw cutAnswer();
}

/** As well as it can be done; what is not reached ends by itself after its idle time. */
export async function stopSessions(room: Room, record: PlacedRecord, runtimeSessionIds: readonly string[]): Promise<void> {
  const { runtimeArn: agentRuntimeArn } = record;
  const stopped = runtimeSessionIds.map(async (runtimeSessionId) => {
    const { sdk, client } = (await room.aws()).data;
    const clientToken = clientTokenOf("stop", runtimeSessionId, String(performance.now()));
    const command = new sdk.StopRuntimeSessionCommand({
      agentRuntimeArn,
      runtimeSessionId,
      qualifier: endpointNameOf(record),
      clientToken,
    });
    await client.send(command, { abortSignal: AbortSignal.timeout(stopTimeoutMs) });
  });
  for (const outcome of await Promise.allSettled(stopped)) {
    if (outcome.status === "fulfilled") continue;
    room.log.debug({ err: outcome.reason, deploymentId: record.deploymentId }, "a process at AgentCore could not be stopped");
  }
}

/** With what the session remembers taken along, and what it came to remember kept before the end is told. */
async function* answerOf(
  { room, record, call }: Asked,
  sessionId: string,
  { ending, begin, held }: { ending: AbortController; begin(): void; held: HeldAnswer },
): AsyncGenerator<CallPart, void, undefined> {
  const place = { record, sessionId: call.sessionId };
  const session = await readSession(room, place, ending.signal).catch((thrown) => {
    throw awsTrouble("RUNTIME_ERROR", thrown, ending.signal);
  });
  const carried = charactersOf(session) * timesCarried;
  held.hold("session", carried);
  const request = { kind: "call", call, session } as const;
  const frames = exchangeFrames({ room, record, through: endpointNameOf(record), sessionId, request, held }, ending);
  const clock = limitTime(room, Math.min(call.timeoutMs, record.timeoutMs), { ending, begin });
  const changes: SessionChanges = new Map();
  const onNoted = (characters: number) => held.hold("session", carried + characters * timesNoted);
  let isKept = false;
  try {
    for await (const part of partsOf(frames, { clock, changes, onNoted })) {
      if ("usage" in part) {
        isKept = true;
        await keepSession(room, place, changes);
      }
      yield part;
    }
  } finally {
    clock.stop();
    // What it remembered before it broke, or was left, counts as it does everywhere.
    if (!isKept) {
      await keepSession(room, place, changes).catch((err) =>
        room.log.warn({ err, deploymentId: record.deploymentId }, "what a session should remember could not be kept"),
      );
    }
  }
}

type Clock = ReturnType<typeof limitTime>;
type Heard = { clock: Clock; changes: SessionChanges; onNoted(characters: number): void };

async function* partsOf(
  frames: AsyncGenerator<NodeFrame, void, undefined>,
  { clock, changes, onNoted }: Heard,
): AsyncGenerator<CallPart, void, undefined> {
  let bytes = 0;
  let noted = 0;
  for await (const frame of frames) {
    if (typeof frame === "string") {
      bytes += Buffer.byteLength(frame);
      if (bytes > answerBytesMax) throw tooLarge();
      yield { text: frame };
    } else if ("session" in frame) {
      noted = noteChange(changes, frame.session, noted);
      onNoted(noted);
    } else if ("usage" in frame) {
      return yield { usage: { ...frame.usage, computeMs: clock.stop() } };
    } else if ("begun" in frame) {
      clock.begin();
    } else if ("error" in frame) {
      throw faultOf(frame);
    }
  }
  throw cutAnswer();
}

async function keepSession(room: Room, place: SessionPlace, changes: SessionChanges): Promise<void> {
  try {
    await saveSession(room, place, changes, AbortSignal.timeout(saveTimeoutMs));
  } catch (thrown) {
    throw awsTrouble("RUNTIME_ERROR", thrown);
  }
}

/** Until it has begun a process may start; from then on the call's own time counts, and a little for its own words about it. */
function limitTime(room: Room, timeoutMs: number, { ending, begin }: { ending: AbortController; begin(): void }) {
  let timer = setTimeout(() => ending.abort(overdue(room.pace.startMs)), room.pace.startMs);
  let begunAt: number | null = null;
  return {
    begin() {
      clearTimeout(timer);
      begunAt = performance.now();
      begin();
      timer = setTimeout(() => ending.abort(outOfTime(timeoutMs)), timeoutMs + room.pace.graceMs);
    },
    /** Answers the milliseconds since it began, rounded up. */
    stop() {
      clearTimeout(timer);
      return begunAt === null ? 0 : Math.ceil(performance.now() - begunAt);
    },
  };
}

function faultOf({ error, timedOut }: Extract<NodeFrame, { error: unknown }>): AppError {
  const options = timedOut ? { retryable: true, details: { timedOut: true } } : { details: { reason: `agent_${error.kind}` } };
  return withSpent(new AppError("RUNTIME_ERROR", error.message, options), error.usage);
}

function outOfTime(timeoutMs: number): AppError {
  const message = `The agent did not finish within ${timeoutMs / 1_000} s. Make it faster, or raise limits.timeoutMs.`;
  return new AppError("RUNTIME_ERROR", message, { retryable: true, details: { timedOut: true } });
}

function overdue(startMs: number): AppError {
  const message = `No process of the agent answered within ${startMs / 1_000} s. Look for work at the top level of the entry point that never ends.`;
  return new AppError("RUNTIME_ERROR", message, { retryable: true, details: { timedOut: true } });
}

function tooLarge(): AppError {
  return new AppError("RUNTIME_ERROR", "The agent's answer is larger than 10 MiB.", { details: { reason: "answer_too_large" } });
}
