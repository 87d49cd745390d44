// A conversation as a value: what was asked, what came back, and how every event changes it.
import type { InvokeEvent, InvokeMessage, InvokeRequest, InvokeUsage } from "~/runtime/contract/invoke";
import type { TalkProblem } from "./talk-error";

/** Where an answer goes on after the connection was lost. */
export type Resume = { path: string; lastEventId: string };

export type Turn = {
  question: string;
  answer: string;
  /** `reconnecting`: the connection was lost, the answer is not. */
  state: "waiting" | "answering" | "reconnecting" | "done" | "stopped" | "failed";
  traceId: string | null;
  usage: InvokeUsage | null;
  askedAtMs: number;
  /** Milliseconds from the question to the first word and to the end, as seen from here. */
  firstWordMs: number | null;
  totalMs: number | null;
  problem: TalkProblem | null;
  /** Null: nothing came yet, or the runtime cannot resume. */
  resume: Resume | null;
};

export type Conversation = { turns: Turn[]; sessionId: string | null; events: InvokeEvent[]; lastRequest: InvokeRequest | null };

export const emptyConversation: Conversation = { turns: [], sessionId: null, events: [], lastRequest: null };

/** `atMs`: when it happened, as `Date.now()` tells it: the page may have been loaded anew in between. */
export type Change =
  | { kind: "asked"; question: string; request: InvokeRequest; atMs: number }
  | { kind: "event"; event: InvokeEvent; id: string; resumePath: string | null; atMs: number }
  | { kind: "disconnected" }
  | { kind: "rejoined" }
  | { kind: "failed"; problem: TalkProblem; atMs: number }
  | { kind: "stopped"; atMs: number }
  | { kind: "replaced"; conversation: Conversation };

const messagesMax = 200;
const eventsKept = 400;

export function change(before: Conversation, step: Change): Conversation {
  switch (step.kind) {
    case "asked":
      return { ...before, turns: [...before.turns, turnOf(step)], events: [], lastRequest: step.request };
    case "event":
      return withEvent(before, step);
    case "disconnected":
      return withLast(before, () => ({ state: "reconnecting" }));
    case "rejoined":
      return withLast(before, (last) => ({ state: last.answer === "" ? "waiting" : "answering" }));
    case "failed":
      return withLast(before, (last) => ({ state: "failed", problem: step.problem, totalMs: step.atMs - last.askedAtMs }));
    case "stopped":
      return withLast(before, (last) => ({ state: "stopped", totalMs: step.atMs - last.askedAtMs }));
    case "replaced":
      return step.conversation;
  }
}

/** The turn that is still being answered, if any. */
export function openTurn({ turns }: Conversation): Turn | null {
  const last = turns.at(-1);
  return last && ["waiting", "answering", "reconnecting"].includes(last.state) ? last : null;
}

/** `isWhole`: earlier turns go along; else the agent relies on what it keeps in its session. */
export function requestOf({ turns, sessionId }: Conversation, question: string, isWhole: boolean): InvokeRequest {
  const earlier: InvokeMessage[] = turns
    .filter((turn) => turn.state === "done")
    .flatMap((turn) => [
      { role: "user", content: turn.question },
      { role: "assistant", content: turn.answer },
    ]);
  const messages: InvokeMessage[] = [...(isWhole ? earlier : []), { role: "user", content: question }];
  return { input: { messages: messages.slice(-messagesMax) }, ...(sessionId ? { sessionId } : {}) };
}

function turnOf({ question, atMs }: { question: string; atMs: number }): Turn {
  const nothingYet = { traceId: null, usage: null, firstWordMs: null, totalMs: null, problem: null, resume: null };
  return { question, answer: "", state: "waiting", askedAtMs: atMs, ...nothingYet };
}

function withEvent(before: Conversation, { event, id, resumePath, atMs }: Extract<Change, { kind: "event" }>): Conversation {
  const seen = { ...before, events: [...before.events, event].slice(-eventsKept) };
  const resume = resumePath === null ? null : { path: resumePath, lastEventId: id };
  if (event.event === "meta") {
    const { traceId, sessionId } = event.data;
    return withLast({ ...seen, sessionId }, () => ({ traceId, resume, state: "waiting" }));
  }
  return withLast(seen, (last) => {
    const sinceMs = atMs - last.askedAtMs;
    switch (event.event) {
      case "delta": {
        const answer = last.answer + event.data.text;
        return { resume, state: "answering", answer, firstWordMs: last.firstWordMs ?? sinceMs };
      }
      case "usage":
        return { resume, usage: event.data };
      case "done":
        return { resume: null, state: "done", totalMs: sinceMs };
      case "error": {
        const { code, message } = event.data.error;
        const problem = { code, message, traceId: event.data.traceId };
        return { resume: null, state: "failed", totalMs: sinceMs, problem };
      }
    }
  });
}

function withLast(before: Conversation, partOf: (last: Turn) => Partial<Turn>): Conversation {
  const last = before.turns.at(-1);
  return last ? { ...before, turns: [...before.turns.slice(0, -1), { ...last, ...partOf(last) }] } : before;
}
