// All streams of a host come by one connection, each as if it had its own: its bytes, its pace, its end, whatever the others do.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex, Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChannelBook } from "~/runtime/agent-host/channel-book";
import { type EventSink, sinkTo } from "~/runtime/agent-host/event-sink";
import { channelProtocol, formatFrame, formatTaken, frameKinds, laneWindowBytes } from "~/runtime/contract/event-channel";
import type { Provider } from "~/server/providers/provider";
import { invocationOf } from "~/server/testing/agent-host";
import { createEmbeddedProvider } from "./embedded-provider";

const place = { deploymentId: "dep_1", agentId: "agt_1", workspaceId: "wks_1" };
const never = new AbortController().signal;

let folder: string;
let server: Server;
let channels: ChannelBook;
let provider: Provider;
/** What the host does with the next calls. */
let serve: (sink: EventSink, request: IncomingMessage) => void;
let upgrades: Duplex[];
let accept: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "whs-channel-"));
  channels = new ChannelBook();
  upgrades = [];
  accept = (request, socket, head) => channels.accept(request, socket, head);
  server = createServer((request, response) => {
    request.resume().on("end", () => serve(channels.sinkOf(request, response), request));
  });
  server.on("upgrade", (request, socket, head) => {
    upgrades.push(socket);
    accept(request, socket, head);
  });
  await once(server.listen(join(folder, "host.sock")), "listening");
  provider = createEmbeddedProvider({ socketPath: join(folder, "host.sock"), token: "token" });
});
afterEach(() => {
  channels.close();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const call = (signal = never) => provider.stream(place, invocationOf("?"), { signal });

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Answers one call and hands out the host's end of it. */
function nextSink(): Promise<EventSink> {
  return new Promise((resolve) => {
    serve = (sink) => resolve(sink);
  });
}

function closed(sink: EventSink): Promise<boolean> {
  return new Promise((resolve) => sink.onClose(resolve));
}

async function begun(): Promise<{ stream: Readable; sink: EventSink }> {
  const opened = nextSink();
  const stream = call();
  const sink = await opened;
  sink.begin();
  return { stream: await stream, sink };
}

describe("streams of one host", () => {
  it("come by one connection, each with its own bytes, also when they all speak at once", async () => {
    let count = 0;
    serve = (sink) => {
      count += 1;
      const mine = String(count).repeat(3_000);
      sink.begin();
      for (let turn = 0; turn < 60; turn += 1) sink.write(`${mine} grüß 👩‍🚀 ${turn}\n\n`);
      sink.end("the end\n\n");
    };
    const texts = await Promise.all(Array.from({ length: 20 }, async () => textOf(await call())));
    for (const text of texts) {
      const [mine = ""] = /^\d+/.exec(text) ?? [];
      expect(text).toBe(`${Array.from({ length: 60 }, (_, turn) => `${mine} grüß 👩‍🚀 ${turn}\n\n`).join("")}the end\n\n`);
    }
    expect(new Set(texts).size).toBe(20);
    expect(upgrades).toHaveLength(1);
  });

  it("wait each for their own reader: one that reads nothing is sent its window and no more, and holds up nobody", async () => {
    const slow = await begun();
    const said = "x".repeat(3 * laneWindowBytes);
    expect(slow.sink.write(said)).toBe(false);
    const drained = new Promise<void>((resolve) => slow.sink.onDrain(resolve));
    serve = (sink) => {
      sink.begin();
      sink.end("quick\n\n");
    };
    expect(await textOf(await call())).toBe("quick\n\n");
    expect(slow.stream.readableLength).toBe(laneWindowBytes);
    expect(slow.sink.isBehind).toBe(true);
    const read = textOf(slow.stream);
    await drained;
    slow.sink.end();
    const [text, hasAll] = await Promise.all([read, closed(slow.sink)]);
    expect([text === said, hasAll]).toEqual([true, true]);
  });

  it("end at the host when their reader leaves, before they begin and after, and at no other one's", async () => {
    const other = await begun();
    const left = await begun();
    const gone = closed(left.sink);
    left.stream.destroy();
    expect(await gone).toBe(false);
    const leaving = new AbortController();
    const opened = nextSink();
    const asked = call(leaving.signal);
    const early = closed(await opened);
    leaving.abort(new Error("gone"));
    const [, hasAll] = await Promise.all([expect(asked).rejects.toThrow("gone"), early]);
    expect(hasAll).toBe(false);
    other.sink.end("still here\n\n");
    expect(await textOf(other.stream)).toBe("still here\n\n");
  });

  it("that a reader left in the moment in which they began end as well", async () => {
    const leaving = new AbortController();
    const opened = nextSink();
    const asked = call(leaving.signal);
    const sink = await opened;
    sink.begin();
    const gone = closed(sink);
    leaving.abort(new Error("gone"));
    await Promise.all([expect(asked).rejects.toThrow("gone"), expect(gone).resolves.toBe(false)]);
  });

  it("fail when the connection breaks, and the next call opens it again", async () => {
    const { stream, sink } = await begun();
    const opened = nextSink();
    const silent = call();
    const [first, second] = [closed(sink), closed(await opened)];
    upgrades[0]?.destroy();
    const unreachable = { code: "RUNTIME_ERROR", retryable: true, details: { reason: "host_unreachable" } };
    await Promise.all([
      expect(textOf(stream)).rejects.toMatchObject(unreachable),
      expect(silent).rejects.toMatchObject(unreachable),
    ]);
    expect(await Promise.all([first, second])).toEqual([false, false]);
    serve = (next) => {
      next.begin();
      next.end("again\n\n");
    };
    expect(await textOf(await call())).toBe("again\n\n");
    expect(upgrades).toHaveLength(2);
  });

  it("are broken off as such by the host", async () => {
    const { stream, sink } = await begun();
    sink.write("half\n\n");
    sink.destroy();
    await expect(textOf(stream)).rejects.toMatchObject({ details: { reason: "host_unreachable" } });
  });

  it("come each by their own answer from a host that has no channel", async () => {
    accept = (_request, socket) => socket.end("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    serve = (sink, request) => {
      expect(request.headers["x-whs-channel"]).toBeUndefined();
      sink.begin();
      sink.end("by itself\n\n");
    };
    expect([await textOf(await call()), await textOf(await call())]).toEqual(["by itself\n\n", "by itself\n\n"]);
    expect(upgrades).toHaveLength(1);
  });

  it("come by their own answer when the host does not know the lane", async () => {
    serve = () => undefined;
    server.removeAllListeners("request");
    server.on("request", (request, response) => {
      const sink = sinkTo(response);
      sink.begin();
      sink.end("by itself\n\n");
      request.resume();
    });
    expect(await textOf(await call())).toBe("by itself\n\n");
  });
});

describe("a host that does not keep to the frames", () => {
  const hello = `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${channelProtocol}\r\n\r\n`;
  const began = formatFrame(frameKinds.began, 1);
  const flood = Buffer.concat([
    began,
    ...Array.from({ length: 3 }, () => formatFrame(frameKinds.events, 1, Buffer.alloc(60_000))),
  ]);

  it.each([
    ["sends more than the window", flood],
    ["sends what was never begun", formatFrame(frameKinds.events, 1, "x")],
    ["begins twice", Buffer.concat([began, began])],
    ["ends what was never begun", formatFrame(frameKinds.ended, 1)],
    ["says what only the house says", formatTaken(1, 1)],
    ["says a kind that nobody knows", Buffer.from([9, 0, 0, 0, 1, 0, 0, 0, 0])],
  ])("and %s is cut off, with every stream of that connection", async (_what, said) => {
    accept = (_request, socket) => {
      socket.on("error", () => undefined);
      socket.write(hello);
    };
    serve = () => upgrades[0]?.write(said);
    const asked = call().then((stream) => finished(stream));
    await expect(asked).rejects.toMatchObject({ details: { reason: "host_unreachable" } });
    await expect.poll(() => upgrades[0]?.destroyed || upgrades[0]?.readableEnded).toBe(true);
  });

  it("and speaks of lanes that there are not is told that nobody reads them", async () => {
    const heard: Buffer[] = [];
    accept = (_request, socket) => {
      socket.on("data", (chunk: Buffer) => heard.push(chunk));
      socket.write(hello);
    };
    serve = (_sink, request) => {
      upgrades[0]?.write(Buffer.concat([formatFrame(frameKinds.events, 99, "stray"), began, formatFrame(frameKinds.ended, 1)]));
      request.socket.destroy();
    };
    await call().then(
      (stream) => stream.resume(),
      () => undefined,
    );
    await expect.poll(() => Buffer.concat(heard).toString("hex")).toContain(formatFrame(frameKinds.left, 99).toString("hex"));
  });
});

describe("a house that does not keep to the frames", () => {
  it.each([
    ["claims more than it was sent", formatTaken(1, 1_000_000)],
    ["says what only the host says", formatFrame(frameKinds.events, 1, "x")],
    ["says a kind that nobody knows", Buffer.from([0, 0, 0, 0, 1, 0, 0, 0, 0])],
  ])("and %s loses its channel, and the host its readers", async (_what, said) => {
    const client: Duplex[] = [];
    accept = (request, socket, head) => {
      channels.accept(request, socket, head);
      client.push(socket);
    };
    const { stream, sink } = await begun();
    const failed = expect(textOf(stream)).rejects.toMatchObject({ details: { reason: "host_unreachable" } });
    const gone = closed(sink);
    // As if it had come over the wire.
    client[0]?.emit("data", said);
    expect(await gone).toBe(false);
    await failed;
  });
});
