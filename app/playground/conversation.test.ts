// A conversation ends every turn in exactly one way, and forgets nothing that came before the end.
import { describe, expect, test } from "vitest";
import type { InvokeEvent } from "~/runtime/contract/invoke";
import { type Conversation, change, emptyConversation, requestOf } from "./conversation";

const meta: InvokeEvent = { event: "meta", data: { traceId: "trc_1", sessionId: "ses_1", deploymentId: "dep_1" } };
const delta = (text: string): InvokeEvent => ({ event: "delta", data: { text } });
const usage: InvokeEvent = { event: "usage", data: { tokens: 7, computeMs: 30, toolCalls: 0 } };
const done: InvokeEvent = { event: "done", data: {} };

function asked(before: Conversation, question: string, events: InvokeEvent[]): Conversation {
  const begun = change(before, { kind: "asked", question, request: requestOf(before, question, true) });
  return events.reduce((state, event, at) => change(state, { kind: "event", event, sinceMs: (at + 1) * 10 }), begun);
}

describe("a conversation", () => {
  test("puts deltas together and keeps session, trace, usage and times", () => {
    const { turns, sessionId } = asked(emptyConversation, "Hi", [meta, delta("Hel"), delta("lo"), usage, done]);
    expect(sessionId).toBe("ses_1");
    expect(turns[0]).toMatchObject({
      answer: "Hello",
      state: "done",
      traceId: "trc_1",
      firstWordMs: 20,
      totalMs: 50,
      usage: usage.data,
    });
  });

  test("keeps what had come when the stream ends with an error", () => {
    const error: InvokeEvent = {
      event: "error",
      data: { error: { code: "RUNTIME_ERROR", message: "It threw.", retryable: false }, traceId: "trc_1" },
    };
    const { turns } = asked(emptyConversation, "Hi", [meta, delta("Hel"), error]);
    expect(turns[0]).toMatchObject({ answer: "Hel", state: "failed", problem: { code: "RUNTIME_ERROR", traceId: "trc_1" } });
  });

  test("sends along what was answered, and nothing of turns that failed or were stopped", () => {
    const first = asked(emptyConversation, "one", [meta, delta("1"), done]);
    const stopped = change(asked(first, "two", [meta, delta("2")]), { kind: "stopped", sinceMs: 5 });
    expect(requestOf(stopped, "three", true)).toEqual({
      input: {
        messages: [
          { role: "user", content: "one" },
          { role: "assistant", content: "1" },
          { role: "user", content: "three" },
        ],
      },
      sessionId: "ses_1",
    });
    expect(requestOf(stopped, "three", false).input).toEqual({ messages: [{ role: "user", content: "three" }] });
  });

  test("a new one has no session", () => {
    const before = asked(emptyConversation, "one", [meta, done]);
    expect(requestOf(change(before, { kind: "forgotten" }), "again", true)).not.toHaveProperty("sessionId");
  });
});
