// An answer is followed to its end whatever the network does: nothing twice, nothing missing, and never without a word about why it ended.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { InvokeEvent } from "~/runtime/contract/invoke";
import { type Follower, followAnswer } from "./follow-answer";

const path = "/v1/invoke/agt_1/streams/str_1";
const head = (resumeUrl?: string) =>
  `id: 1\nevent: meta\ndata: ${JSON.stringify({ traceId: "trc_1", sessionId: "ses_1", deploymentId: "dep_1", resumeUrl })}\n\n`;
const word = (id: number, text: string) => `id: ${id}\nevent: delta\ndata: ${JSON.stringify({ text })}\n\n`;
const end = (id: number) => `id: ${id}\nevent: done\ndata: {}\n\n`;
const resumable = head(`https://agents.example${path}`);

/** An answer of these bytes whose connection then ends, or breaks. */
function answerOf(text: string, options: { breaks?: boolean } = {}): Response {
  const rest = [new TextEncoder().encode(text)];
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const bytes = rest.shift();
        if (bytes) controller.enqueue(bytes);
        else if (options.breaks) controller.error(new Error("The network changed."));
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(text === "" ? null : body);
}

type Asked = { method: string; url: string; lastEventId: string | null };
let asked: Asked[];
let next: (Response | Error)[];

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  next = [];
  vi.stubGlobal("location", { href: "http://127.0.0.1:3000/w/wks_1" });
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("removeEventListener", () => undefined);
  vi.stubGlobal("fetch", async (url: string, options: { method?: string; headers: Record<string, string> }) => {
    asked.push({ method: options.method ?? "GET", url, lastEventId: options.headers["last-event-id"] ?? null });
    if (options.method === "DELETE") return new Response(null, { status: 204 });
    const answer = next.shift();
    if (!(answer instanceof Response)) throw answer ?? new TypeError("Failed to fetch");
    return answer;
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function follow(first: Response, signal = new AbortController().signal) {
  const seen: { words: string; events: InvokeEvent["event"][]; links: boolean[] } = { words: "", events: [], links: [] };
  const follower: Follower = {
    workspaceId: "wks_1",
    signal,
    onLink: (isThere) => seen.links.push(isThere),
    onEvent: (event) => {
      seen.events.push(event.event);
      if (event.event === "delta") seen.words += event.data.text;
    },
  };
  const outcome = followAnswer(first, null, follower).then(
    () => "ended",
    (thrown: Error & { problem?: { code: string } }) => thrown.problem?.code ?? thrown.name,
  );
  await vi.runAllTimersAsync();
  return { ...seen, outcome: await outcome };
}

describe("an answer", () => {
  test("that comes whole is acknowledged, so that the runtime need not keep it", async () => {
    const { outcome, words, links } = await follow(answerOf(resumable + word(2, "Hello") + end(3)));
    expect([outcome, words, links]).toEqual(["ended", "Hello", []]);
    expect(asked).toEqual([{ method: "DELETE", url: path, lastEventId: null }]);
  });

  test("whose connection breaks goes on behind the last whole event, also over several lost connections", async () => {
    next = [new TypeError("Failed to fetch"), answerOf(word(3, "l"), { breaks: true }), answerOf(word(4, "o") + end(5))];
    const half = 'id: 3\nevent: delta\ndata: {"te';
    const { outcome, words, links } = await follow(answerOf(resumable + word(2, "Hel") + half, { breaks: true }));
    expect([outcome, words, links]).toEqual(["ended", "Hello", [false, true, false, true]]);
    const gets = asked.filter(({ method }) => method === "GET");
    expect(gets.map(({ url, lastEventId }) => [url, lastEventId])).toEqual([
      [path, "2"],
      [path, "2"],
      [path, "3"],
    ]);
  });

  test("that had been read to its end when the connection broke is whole", async () => {
    next = [new Response(null, { status: 204 })];
    const { outcome, events } = await follow(answerOf(resumable + word(2, "Hi"), { breaks: true }));
    expect([outcome, events]).toEqual(["ended", ["meta", "delta", "done"]]);
  });

  test("of a runtime that cannot resume ends with a word about it, and nothing is asked for", async () => {
    const { outcome, words } = await follow(answerOf(head() + word(2, "Hi"), { breaks: true }));
    expect([outcome, words, asked]).toEqual(["CUT_OFF", "Hi", []]);
  });

  test("that the gateway refuses to go on with ends with the gateway's words, at once", async () => {
    const refusal = { error: { code: "NOT_FOUND", message: "There is no such stream." }, traceId: "trc_2" };
    next = [Response.json(refusal, { status: 404 }), answerOf(end(3))];
    const { outcome } = await follow(answerOf(resumable, { breaks: true }));
    expect([outcome, asked.length]).toEqual(["NOT_FOUND", 1]);
  });

  test("is waited for while gateways are busy or being replaced, but not for ever", async () => {
    next = [new Response(null, { status: 503 }), new Response(null, { status: 429 }), answerOf(end(2))];
    expect((await follow(answerOf(resumable, { breaks: true }))).outcome).toBe("ended");
    expect((await follow(answerOf(resumable, { breaks: true }))).outcome).toBe("UNREACHABLE");
  });

  test("whose every connection ends without a word is given up", async () => {
    next = Array.from({ length: 50 }, () => answerOf(": nothing\n\n"));
    expect((await follow(answerOf(resumable))).outcome).toBe("UNREACHABLE");
    expect(asked.length).toBeLessThan(20);
  });
});
