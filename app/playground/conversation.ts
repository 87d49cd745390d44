// A conversation as a value: what was asked, what came back, and how every event changes it.
import type { InvokeEvent, InvokeMessage, InvokeRequest, InvokeUsage } from "~/runtime/contract/invoke";
import type { TalkProblem } from "./talk";

export type Turn = {
  question: string;
  answer: string;
  state: "waiting" | "answering" | "done" | "stopped" | "failed";
  traceId: string | null;
  usage: InvokeUsage | null;
  /** Milliseconds from the question to the first word and to the end, as seen from here. */
  firstWordMs: number | null;
  totalMs: number | null;
  problem: TalkProblem | null;
};

export type Conversation = { turns: Turn[]; sessionId: string | null; events: InvokeEvent[]; lastRequest: InvokeRequest | null };

export const emptyConversation: Conversation = { turns: [], sessionId: null, events: [], lastRequest: null };

export type Change =
  | { kind: "asked"; question: string; request: InvokeRequest }
  | { kind: "event"; event: InvokeEvent; sinceMs: number }
  | { kind: "failed"; problem: TalkProblem; sinceMs: number }
  | { kind: "stopped"; sinceMs: number }
  | { kind: "restored"; conversation: Conversation }
  | { kind: "forgotten" };

const messagesMax = 200;
const eventsKept = 400;

export function change(before: Conversation, step: Change): Conversation {
  switch (step.kind) {
    case "asked":
      return { ...before, turns: [...before.turns, turnOf(step.question)], events: [], lastRequest: step.request };
    case "event":
      return withEvent(before, step.event, step.sinceMs);
    case "failed":
      return withLast(before, { state: "failed", problem: step.problem, totalMs: step.sinceMs });
    case "stopped":
      return withLast(before, { state: "stopped", totalMs: step.sinceMs });
    case "restored":
      return step.conversation;
    case "forgotten":
      return emptyConversation;
  }
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

function turnOf(question: string): Turn {
  return { question, answer: "", state: "waiting", traceId: null, usage: null, firstWordMs: null, totalMs: null, problem: null };
}

function withEvent(before: Conversation, event: InvokeEvent, sinceMs: number): Conversation {
  const seen = { ...before, events: [...before.events, event].slice(-eventsKept) };
  const last = before.turns.at(-1);
  switch (event.event) {
    case "meta":
      return withLast({ ...seen, sessionId: event.data.sessionId }, { traceId: event.data.traceId });
    case "delta":
      return withLast(seen, {
        state: "answering",
        answer: (last?.answer ?? "") + event.data.text,
        firstWordMs: last?.firstWordMs ?? sinceMs,
      });
    case "usage":
      return withLast(seen, { usage: event.data });
    case "done":
      return withLast(seen, { state: "done", totalMs: sinceMs });
    case "error":
      return withLast(seen, {
        state: "failed",
        totalMs: sinceMs,
        problem: { code: event.data.error.code, message: event.data.error.message, traceId: event.data.traceId },
      });
  }
}

function withLast(before: Conversation, part: Partial<Turn>): Conversation {
  const last = before.turns.at(-1);
  return last ? { ...before, turns: [...before.turns.slice(0, -1), { ...last, ...part }] } : before;
}
