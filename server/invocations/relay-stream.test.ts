// A relayed stream is the agent's bytes and nothing else, cut between events only, with a marked end whatever happens.
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough, Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatDelta, formatEvent, keepAliveComment } from "~/runtime/contract/event-stream";
import { AppError, toAppError } from "~/server/errors";
import { type RelayEnd, relayStream } from "./relay-stream";

let server: Server;
let handle: (response: ServerResponse) => void;
beforeAll(async () => {
  server = createServer((_request, response) => handle(response)).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => server.close());

const usage = formatEvent(8, { event: "usage", data: { tokens: 12, computeMs: 3, toolCalls: 0 } });
const done = formatEvent(9, { event: "done", data: {} });

function fetchRelay(upstream: Readable, bytesMax = 1e6): { answer: Promise<IncomingMessage>; end: Promise<RelayEnd> } {
  const end = new Promise<RelayEnd>((resolve, reject) => {
    handle = (response) => {
      const options = { traceId: "trc_1", bytesMax, explain: toAppError, onFirstByte: () => response.writeHead(200) };
      relayStream(upstream, response, options).then(resolve, (error) => {
        response.destroy();
        reject(error);
      });
    };
  });
  const asked = get({ port: (server.address() as AddressInfo).port, agent: false });
  asked.on("error", () => undefined);
  return { answer: once(asked, "response").then(([answer]) => answer as IncomingMessage), end };
}

async function textOf(answer: Promise<IncomingMessage>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

describe("a relayed stream", () => {
  it("arrives byte for byte", async () => {
    const sent = formatDelta(1, 'grüß 👩‍🚀\n\nevent: usage\ndata: {"tokens":99}\n\n') + keepAliveComment + usage + done;
    const { answer, end } = fetchRelay(Readable.from([...Buffer.from(sent)].map((byte) => Buffer.from([byte]))));
    expect(await textOf(answer)).toBe(sent);
    expect(await end).toEqual({ outcome: "ok", error: null, tokens: 12 });
  });

  it.each([
    ["line breaks of every kind", "a\r\nb\rc\nd\u2028e\u0085\r\n\r\nid: 99\r\nevent: done\r\n\r\n"],
    ["an event of a megabyte", "grüß 👩‍🚀".repeat(65_536)],
    ["what only looks like text", "\u0000\ufeff\ud800 \u007f"],
  ])("arrives byte for byte with %s, cut anywhere", async (_what, said) => {
    const sent = Buffer.from(formatDelta(2, said) + formatDelta(3, "") + done);
    const step = Math.max(1, Math.floor(sent.length / 5_000)) + 1;
    const places = Array.from({ length: Math.ceil(sent.length / step) }, (_, place) => place * step);
    const { answer, end } = fetchRelay(Readable.from(places.map((place) => sent.subarray(place, place + step))), 1e7);
    expect(await textOf(answer)).toBe(sent.toString("utf8"));
    expect(await end).toEqual({ outcome: "ok", error: null, tokens: 0 });
  });

  const broke = formatEvent(2, {
    event: "error",
    data: { error: { code: "RUNTIME_ERROR", message: "no", retryable: false }, traceId: "trc_1" },
  });

  it.each(["\n", "\r", "\r\n"])("is whole without its last line breaks, of lines that end in %j", async (lineBreak) => {
    const whole = (formatDelta(1, "a") + usage + done).replaceAll("\n", lineBreak);
    for (const lacking of [0, 1, 2]) {
      const sent = Buffer.from(whole.slice(0, whole.length - lacking * lineBreak.length));
      const { answer, end } = fetchRelay(Readable.from([sent.subarray(0, 9), sent.subarray(9)]));
      expect(await textOf(answer)).toBe(whole);
      expect(await end).toEqual({ outcome: "ok", error: null, tokens: 12 });
    }
  });

  it("of a single event that lacks its last line breaks begins and ends with it", async () => {
    const { answer, end } = fetchRelay(Readable.from([Buffer.from(broke.trimEnd())]));
    expect(await textOf(answer)).toBe(broke);
    expect(await end).toMatchObject({ outcome: "error", error: { message: "no" } });
  });

  it("that breaks where only its last line break is missing was cut: nobody knows that nothing else was", async () => {
    const upstream = new PassThrough();
    const { answer, end } = fetchRelay(upstream);
    upstream.write(formatDelta(1, "a"));
    const arrived = await answer;
    upstream.write(done.slice(0, -1));
    upstream.destroy(new Error("reset"));
    const text = await textOf(Promise.resolve(arrived));
    expect(text).toContain("event: error");
    expect(text).not.toContain("event: done");
    expect(await end).toMatchObject({ outcome: "error", isCut: true });
  });

  it("over its cap is cut also when only its last line break was missing", async () => {
    const { answer, end } = fetchRelay(Readable.from([Buffer.from(formatDelta(1, "a")), Buffer.from(done.slice(0, -1))]), 60);
    expect(await textOf(answer)).toContain("answer_too_large");
    expect(await end).toMatchObject({ outcome: "error" });
  });

  it("that ends without an end is no whole answer, and says so", async () => {
    const { answer, end } = fetchRelay(Readable.from([Buffer.from(formatDelta(1, "a"))]));
    expect(await textOf(answer)).toContain("stream_cut");
    expect(await end).toMatchObject({ outcome: "error" });
  });

  it("that claims more tokens than can be counted is charged as many as can be", async () => {
    const absurd = 'id: 2\nevent: usage\ndata: {"tokens":12345678901234567890,"computeMs":1,"toolCalls":0}\n\n';
    const { answer, end } = fetchRelay(Readable.from([Buffer.from(formatDelta(1, "a") + absurd + done)]));
    await textOf(answer);
    expect(await end).toEqual({ outcome: "ok", error: null, tokens: Number.MAX_SAFE_INTEGER });
  });

  it("that its caller stopped, or never came back to, was no failure", async () => {
    for (const reason of ["stream_stopped", "stream_abandoned"]) {
      const error = { code: "CONFLICT", message: "over", retryable: false, details: { reason } };
      const last = formatEvent(1, { event: "error", data: { error, traceId: "trc_1" } });
      const { answer, end } = fetchRelay(Readable.from([Buffer.from(last)]));
      expect(await textOf(answer)).toBe(last);
      expect(await end).toEqual({ outcome: "aborted", error: null, tokens: 0 });
    }
  });

  it("that breaks off inside an event ends with an error event after the last whole one", async () => {
    const { answer, end } = fetchRelay(Readable.from([Buffer.from(`${formatDelta(4, "a")}id: 5\nevent: del`)]));
    const text = await textOf(answer);
    expect(text.startsWith(`${formatDelta(4, "a")}id: 5\nevent: error\n`)).toBe(true);
    expect(JSON.parse(/data: (.*)\n\n$/.exec(text)?.[1] ?? "")).toMatchObject({
      error: { code: "RUNTIME_ERROR", retryable: true, details: { reason: "stream_cut" } },
      traceId: "trc_1",
    });
    expect(await end).toMatchObject({ outcome: "error", error: { code: "RUNTIME_ERROR" } });
  });

  it("that fails upstream says why", async () => {
    const upstream = new PassThrough();
    const { answer, end } = fetchRelay(upstream);
    upstream.write(formatDelta(1, "a"));
    const arrived = await answer;
    upstream.destroy(new AppError("RUNTIME_ERROR", "The host went away.", { retryable: true }));
    expect(await textOf(Promise.resolve(arrived))).toContain("The host went away.");
    expect(await end).toMatchObject({ outcome: "error" });
  });

  it("over its cap is cut, and the agent is stopped", async () => {
    const upstream = Readable.from(Array.from({ length: 50 }, (_, id) => Buffer.from(formatDelta(id + 1, "x".repeat(100)))));
    const { answer, end } = fetchRelay(upstream, 1_000);
    const text = await textOf(answer);
    expect(Buffer.byteLength(text)).toBeLessThan(1_500);
    expect(text).toContain("answer_too_large");
    expect(upstream.destroyed).toBe(true);
    expect(await end).toMatchObject({ outcome: "error" });
  });

  it("that the agent ends with an error is recorded as that error", async () => {
    const error = { code: "RUNTIME_ERROR", message: "no luck", retryable: false };
    const { answer, end } = fetchRelay(
      Readable.from([Buffer.from(formatEvent(1, { event: "error", data: { error, traceId: "trc_1" } }))]),
    );
    await textOf(answer);
    expect(await end).toEqual({ outcome: "error", error: { code: "RUNTIME_ERROR", message: "no luck" }, tokens: 0 });
  });

  it("rejects before the first byte, so that an ordinary error can still be answered", async () => {
    const { answer, end } = fetchRelay(
      new Readable({
        read() {
          this.destroy(new AppError("RUNTIME_ERROR", "early"));
        },
      }),
    );
    await expect(end).rejects.toThrow("early");
    await expect(answer).rejects.toThrow("socket hang up");
  });

  it("is read only as fast as the caller reads", async () => {
    let produced = 0;
    const endless = new Readable({
      read() {
        produced += 1;
        this.push(formatDelta(produced, "x".repeat(10_000)));
      },
    });
    const { answer, end } = fetchRelay(endless, Number.MAX_SAFE_INTEGER);
    const arrived = await answer;
    arrived.pause();
    let before = -1;
    while (before !== produced) {
      before = produced;
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(produced).toBeLessThan(2_000);
    arrived.destroy();
    expect(await end).toMatchObject({ outcome: "aborted", error: null, tokens: null });
    expect(endless.destroyed).toBe(true);
  });
});
