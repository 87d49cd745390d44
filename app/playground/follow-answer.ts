// Follows an answer to its end, over as many connections as that takes: after a lost one it goes on behind the last event that came.
import type { InvokeEvent } from "~/runtime/contract/invoke";
import type { Resume } from "./conversation";
import { createEventParser } from "./parse-events";
import { problemOf, TalkError } from "./talk-error";

export type Follower = {
  workspaceId: string;
  /** `resumePath`: where this answer goes on; null when its runtime cannot resume. */
  onEvent: (event: InvokeEvent, id: string, resumePath: string | null) => void;
  /** The connection is lost, and then there again. */
  onLink: (isThere: boolean) => void;
  signal: AbortSignal;
};

/** A runtime stops an answer that nobody comes back for within 15 s, and says so to whoever comes later. */
const rejoinMs = 60_000;
const firstPauseMs = 250;
const pauseMsMax = 4_000;
/** Connections in a row that brought nothing. */
const emptyMax = 8;

type Position = { resume: Resume | null; hasEnded: boolean; emptyInRow: number };

/** Ends when the answer has ended in order. Throws a TalkError, or an AbortError when it was given up. */
export async function followAnswer(first: Response, from: Resume | null, follower: Follower): Promise<void> {
  const at: Position = { resume: from, hasEnded: false, emptyInRow: 0 };
  let answer = first;
  for (;;) {
    if (answer.status === 204) noteEvent({ event: "done", data: {} }, at.resume?.lastEventId ?? "", at, follower);
    else if (answer.body) await readEvents(answer.body, at, follower);
    if (at.hasEnded) return acknowledge(at, follower);
    if (!at.resume) throw cutOff();
    follower.onLink(false);
    at.emptyInRow += 1;
    if (at.emptyInRow > emptyMax) throw neverBack();
    answer = await rejoin(at.resume, follower);
    follower.onLink(true);
  }
}

/** The answer from behind its last event. Tries until the network is back; throws when the gateway refuses. */
export async function rejoin(resume: Resume, { workspaceId, signal }: Follower): Promise<Response> {
  const until = performance.now() + rejoinMs;
  for (let pauseMs = 0; performance.now() < until; pauseMs = Math.min(pauseMsMax, pauseMs * 2 || firstPauseMs)) {
    await pause(pauseMs, signal);
    const headers = { accept: "text/event-stream", "last-event-id": resume.lastEventId, "x-workspace-id": workspaceId };
    const answer = await fetch(resume.path, { headers, signal }).catch(() => null);
    signal.throwIfAborted();
    if (answer?.ok) return answer;
    if (answer && !isPassing(answer.status)) throw new TalkError(await problemOf(answer));
  }
  throw neverBack();
}

/** Stops the answer where it is made; nobody can go on with it. */
export async function stopAnswer({ path }: Resume, workspaceId: string): Promise<void> {
  const request = { method: "DELETE", headers: { "x-workspace-id": workspaceId }, keepalive: true };
  // Whoever cannot be told stops by itself: nobody comes back for it.
  await fetch(path, request).catch(() => undefined);
}

/** Too many readers or calls, or a gateway that is just being replaced. */
function isPassing(status: number): boolean {
  return status === 409 || status === 429 || status >= 500;
}

/** What was read to its end need not be kept for us. */
function acknowledge({ resume }: Position, { workspaceId }: Follower): void {
  if (resume) void stopAnswer(resume, workspaceId);
}

async function readEvents(body: ReadableStream<Uint8Array>, at: Position, follower: Follower): Promise<void> {
  const parser = createEventParser(({ event, data, id }) => {
    const parsed = eventOf(event, data);
    if (parsed) noteEvent(parsed, id, at, follower);
  });
  const reader = body.getReader();
  // A connection without a network looks alive for minutes.
  const hangUp = () => void reader.cancel().catch(() => undefined);
  addEventListener("offline", hangUp);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      parser.push(value);
    }
  } catch {
    follower.signal.throwIfAborted();
  } finally {
    removeEventListener("offline", hangUp);
  }
  follower.signal.throwIfAborted();
}

function noteEvent(event: InvokeEvent, id: string, at: Position, follower: Follower): void {
  const path = event.event === "meta" ? pathOf(event.data.resumeUrl) : (at.resume?.path ?? null);
  at.resume = path === null ? null : { path, lastEventId: id };
  at.hasEnded ||= event.event === "done" || event.event === "error";
  at.emptyInRow = 0;
  follower.onEvent(event, id, path);
}

/** This site may be known by other names than its own: the path is the same under each. */
function pathOf(resumeUrl: string | undefined): string | null {
  return resumeUrl === undefined ? null : new URL(resumeUrl, location.href).pathname;
}

const eventNames: ReadonlySet<string> = new Set<InvokeEvent["event"]>(["meta", "delta", "usage", "done", "error"]);

function eventOf(event: string, data: string): InvokeEvent | null {
  if (!eventNames.has(event)) return null;
  try {
    return { event, data: JSON.parse(data) } as InvokeEvent;
  } catch {
    return null;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", giveUp);
      resolve();
    }, ms);
    signal.addEventListener("abort", giveUp, { once: true });
  });
}

function cutOff(): TalkError {
  return new TalkError({
    code: "CUT_OFF",
    message: "The connection was lost, and this runtime cannot go on where it was. What came is shown; ask again for the rest.",
    traceId: null,
  });
}

function neverBack(): TalkError {
  return new TalkError({
    code: "UNREACHABLE",
    message: "The connection was lost and did not come back. What came is shown; ask again for the rest.",
    traceId: null,
  });
}
