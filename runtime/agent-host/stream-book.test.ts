// What streams said is sealed, within a bound, and gone after a quarter of an hour, whatever its readers do (MISSION G3).
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatDelta } from "~/runtime/contract/event-stream";
import { sinkTo } from "./event-sink";
import { SealedLog } from "./sealed-log";
import { StreamBook } from "./stream-book";

const keptMs = 900_000;
/** The time of grace is a real one, and no test here waits for its end. */
const patientMs = 600_000;
const ok = { outcome: "ok", tokens: 0, error: null } as const;
let server: Server;
let answer: (response: ServerResponse) => void;
beforeAll(async () => {
  server = createServer((_request, response) => answer(response)).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** One connection: what the server answers it with, and what the reader gets. */
async function connect(): Promise<{ response: ServerResponse; incoming: Promise<IncomingMessage>; leave(): void }> {
  const answered = new Promise<ServerResponse>((resolve) => {
    answer = resolve;
  });
  const asked = get({ port: (server.address() as AddressInfo).port, agent: false });
  asked.on("error", () => undefined);
  const incoming = once(asked, "response").then(([message]) => message as IncomingMessage);
  incoming.catch(() => undefined);
  return { response: await answered, incoming, leave: () => asked.destroy() };
}

async function open(book: StreamBook, streamId: string, texts: string[], deploymentId = "dep_1") {
  const reader = await connect();
  const stream = book.open({ streamId, deploymentId, bytesMax: 1e6 }, sinkTo(reader.response));
  stream.begin("id: 1\nevent: meta\ndata: {}\n\n");
  for (const [place, text] of texts.entries()) stream.write(formatDelta(place + 2, text));
  return { stream, reader };
}

function bookAt(clock: { ms: number }, bytesMax = 1e6): StreamBook {
  return new StreamBook({ graceMs: patientMs, keptMs, bytesMax }, () => clock.ms);
}

describe("the log of a stream", () => {
  it("holds nothing that can be read without its key, and refuses what was altered", () => {
    const log = new SealedLog();
    log.append(formatDelta(1, "the canary sings"));
    expect(log.read(1).toString("utf8")).toBe(formatDelta(1, "the canary sings"));
    const held = JSON.stringify(log, (_name, value) => value) + JSON.stringify(Object.getOwnPropertyNames(log));
    expect(held).not.toContain("canary");
    expect(() => log.read(2)).toThrow("There is no event 2");
  });
});

describe("the book of streams", () => {
  it("forgets a stream that ended a quarter of an hour after it began", async () => {
    const clock = { ms: 0 };
    const book = bookAt(clock);
    const { stream, reader } = await open(book, "str_1", ["a"]);
    reader.leave();
    stream.end(["id: 3\nevent: done\ndata: {}\n\n"], ok);
    clock.ms = keptMs - 1;
    expect(book.find("dep_1", "str_1").lastId).toBe(3);
    clock.ms = keptMs + 1;
    expect(() => book.find("dep_1", "str_1")).toThrow("no such stream");
    expect([book.size, book.bytes]).toEqual([0, 0]);
    book.close();
  });

  it("knows for a quarter of an hour how a stream ended that is not kept any more, for its own deployment", async () => {
    const clock = { ms: 0 };
    const book = bookAt(clock);
    const { stream } = await open(book, "str_1", ["a"]);
    stream.end(["id: 3\nevent: done\ndata: {}\n\n"], { ...ok, tokens: 7 });
    stream.stop();
    expect([book.size, book.outcomeOf("dep_2", "str_1")]).toEqual([0, null]);
    expect(await book.outcomeOf("dep_1", "str_1")).toEqual({ ...ok, tokens: 7 });
    clock.ms = keptMs;
    book.sweep();
    expect(book.outcomeOf("dep_1", "str_1")).toBeNull();
    book.close();
  });

  it("is as long there for its caller when somebody else listened to its end before them", async () => {
    const book = new StreamBook({ graceMs: 0, keptMs, bytesMax: 1e6 }, () => 0);
    const readAll = async (streamId: string, isAside: boolean) => {
      const reading = await connect();
      const closed = once(reading.response, "close");
      expect(book.find("dep_1", streamId).attach(sinkTo(reading.response), 0, { isAside })).toBe(true);
      for await (const chunk of await reading.incoming) expect(String(chunk)).toContain("event: ");
      await closed;
    };
    for (const streamId of ["str_1", "str_2"]) {
      const { stream, reader } = await open(book, streamId, ["a"]);
      const left = once(reader.response, "close");
      reader.leave();
      await left;
      stream.end(["id: 3\nevent: done\ndata: {}\n\n"], ok);
    }
    await readAll("str_1", true);
    await readAll("str_2", false);
    await expect.poll(() => book.findAny("dep_1", "str_2")).toBeNull();
    expect(book.find("dep_1", "str_1").lastId).toBe(3);
    await readAll("str_1", false);
    await expect.poll(() => book.findAny("dep_1", "str_1")).toBeNull();
    book.close();
  });

  it("forgets what a stream said that goes on for longer; whoever reads it live reads on", async () => {
    const clock = { ms: 0 };
    const book = bookAt(clock);
    const { stream, reader } = await open(book, "str_1", ["before"]);
    const incoming = await reader.incoming;
    clock.ms = keptMs + 1;
    expect(() => book.find("dep_1", "str_1")).toThrow("no such stream");
    expect(book.bytes).toBe(0);
    stream.write(formatDelta(3, "after"));
    stream.end(["id: 4\nevent: done\ndata: {}\n\n"], ok);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    expect([text.includes("before"), text.includes("after"), text.endsWith("done\ndata: {}\n\n")]).toEqual([true, true, true]);
    book.close();
  });

  it("of two that read on without a log the slower one sets the pace: nothing waits here for it without bound", async () => {
    const clock = { ms: 0 };
    const book = bookAt(clock);
    const { stream, reader } = await open(book, "str_1", ["before"]);
    const slow = await connect();
    const pacing = Object.create(sinkTo(slow.response), { isBehind: { get: () => isSlowBehind } });
    let isSlowBehind = false;
    expect(stream.attach(pacing, 0)).toBe(true);
    stream.loseLog();
    expect(stream.write(formatDelta(3, "live"))).toBe(true);
    isSlowBehind = true;
    expect(stream.write(formatDelta(4, "live"))).toBe(false);
    expect(stream.readers).toBe(2);
    slow.leave();
    reader.leave();
    book.close();
  });

  it("returns to nothing after a thousand streams that nobody came back to", async () => {
    const clock = { ms: 0 };
    const book = bookAt(clock, 1e9);
    for (let count = 0; count < 1_000; count += 1) {
      const { stream, reader } = await open(book, `str_${count}`, ["x".repeat(1_000)]);
      reader.leave();
      stream.end(["id: 3\nevent: done\ndata: {}\n\n"], ok);
    }
    expect(book.size).toBe(1_000);
    expect(book.bytes).toBeGreaterThan(1_000_000);
    clock.ms = keptMs + 1;
    book.sweep();
    expect([book.size, book.bytes]).toEqual([0, 0]);
    book.close();
  });

  it("never holds more than its bound: what ended goes first, then what nobody reads", async () => {
    const book = bookAt({ ms: 0 }, 100_000);
    const ended = await open(book, "str_ended", ["x".repeat(30_000)]);
    const left = await open(book, "str_left", ["x".repeat(30_000)]);
    const read = await open(book, "str_read", ["x".repeat(30_000)]);
    let aborts = 0;
    const running = { outcome: new Promise<never>(() => undefined), resume: () => undefined, fail: () => undefined };
    left.stream.bind({
      ...running,
      abort: () => {
        aborts += 1;
      },
    });
    left.reader.leave();
    await once(left.reader.response, "close");
    ended.stream.end([], ok);
    read.stream.write(formatDelta(3, "y".repeat(30_000)));
    expect(() => book.find("dep_1", "str_ended")).toThrow();
    expect([book.find("dep_1", "str_left").isKept, aborts]).toEqual([true, 0]);
    read.stream.write(formatDelta(4, "z".repeat(30_000)));
    expect(() => book.find("dep_1", "str_left")).toThrow();
    expect(aborts).toBe(1);
    expect(book.find("dep_1", "str_read").lastId).toBe(4);
    expect(book.bytes).toBeLessThanOrEqual(100_000);
    book.close();
  });

  it("takes no room from a tenant that holds little for one that holds much, whatever has ended and whatever is read", async () => {
    const book = bookAt({ ms: 0 }, 100_000);
    const ended = await open(book, "str_ended", ["x".repeat(10_000)], "dep_small");
    ended.stream.end([], ok);
    const left = await open(book, "str_left", ["x".repeat(10_000)], "dep_small");
    left.reader.leave();
    await once(left.reader.response, "close");
    const large: string[] = [];
    for (let nth = 1; nth <= 6; nth += 1) {
      large.push(`str_large_${nth}`);
      await open(book, `str_large_${nth}`, ["y".repeat(30_000)], "dep_large");
    }
    expect(book.find("dep_small", "str_ended").lastId).toBe(2);
    expect(book.find("dep_small", "str_left").isKept).toBe(true);
    expect(large.map((streamId) => book.findAny("dep_large", streamId)?.isKept)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
    book.close();
  });
});
