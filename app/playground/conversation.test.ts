// A conversation ends every turn in exactly one way, and forgets nothing that came before the end.
import { describe, expect, test } from "vitest";
import type { InvokeEvent } from "~/runtime/contract/invoke";
import { type Change, type Conversation, change, emptyConversation, openTurn, requestOf } from "./conversation";

const meta: InvokeEvent = { event: "meta", data: { traceId: "trc_1", sessionId: "ses_1", deploymentId: "dep_1" } };
const delta = (text: string): InvokeEvent => ({ event: "delta", data: { text } });
const usage: InvokeEvent = { event: "usage", data: { tokens: 7, computeMs: 30, toolCalls: 0 } };
const done: InvokeEvent = { event: "done", data: {} };

function asked(before: Conversation, question: string, events: InvokeEvent[]): Conversation {
  const begun = change(before, { kind: "asked", question, request: requestOf(before, question, true), atMs: 1_000 });
  return events.reduce((state, event, at) => change(state, happened(event, at + 1)), begun);
}

function happened(event: InvokeEvent, nth: number, resumePath: string | null = "/v1/resume"): Change {
  return { kind: "event", event, id: String(nth), resumePath, atMs: 1_000 + nth * 10 };
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
    const stopped = change(asked(first, "two", [meta, delta("2")]), { kind: "stopped", atMs: 1_005 });
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
    expect(requestOf(change(before, { kind: "replaced", conversation: emptyConversation }), "again", true)).not.toHaveProperty(
      "sessionId",
    );
  });

  test("knows where an answer goes on as long as it is open, and only then", () => {
    const open = asked(emptyConversation, "Hi", [meta, delta("Hel")]);
    expect(openTurn(open)?.resume).toEqual({ path: "/v1/resume", lastEventId: "2" });
    const lost = change(open, { kind: "disconnected" });
    expect(openTurn(lost)).toMatchObject({ state: "reconnecting", answer: "Hel", resume: { lastEventId: "2" } });
    const back = change(change(lost, { kind: "rejoined" }), happened(delta("lo"), 3));
    expect(openTurn(back)).toMatchObject({ state: "answering", answer: "Hello", resume: { lastEventId: "3" } });
    expect(openTurn(change(back, happened(done, 4)))).toBeNull();
    expect(change(back, happened(done, 4)).turns[0]?.resume).toBeNull();
  });
});
