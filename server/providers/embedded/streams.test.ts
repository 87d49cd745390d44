// A stream of the agent host outlives whoever reads it: nothing lost, nothing twice, nothing kept for longer or larger than promised (MISSION E8).
import { once } from "node:events";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newUlid } from "~/runtime/contract/new-ulid";
import type { ResumableStreams, StreamWish } from "~/server/providers/provider";
import { collectEvents, readEvents } from "~/server/providers/read-events";
import { invocationOf, startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";
import { openPlacedAgents, type PlacedAgents } from "~/server/testing/placed-agents";

const graceMs = 1_000;
/** For readers who come and go: a busy machine may keep one of them waiting. */
const patientGraceMs = 30_000;

/** Words of every width; some of them come by themselves, some with a pause. */
const wordy = `export default async function* (request) {
  const count = Number(request.input.messages.at(-1).content);
  for (let n = 0; n < count; n += 1) {
    yield n + " grüß 👩‍🚀 \\n\\nevent: done\\ndata: {}\\n\\n" + "é".repeat(n % 7);
    if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}`;
const endless = `export default async function* () {
  for (;;) {
    yield "x".repeat(10_000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}`;
/** Says one word, then waits until it is told to stop, and prints that it was. */
const waiting = `export default async function* (request, context) {
  yield "hello";
  while (!context.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 10));
  console.log("stopped");
}`;

let host: TestAgentHost;
let agents: PlacedAgents;
let streams: ResumableStreams;
let patient: TestAgentHost;
let patientAgents: PlacedAgents;
beforeAll(async () => {
  const limits = { keptMs: 900_000, bytesMax: 3_000_000 };
  host = await startTestAgentHost({ drainMs: 300, streams: { graceMs, ...limits } });
  agents = openPlacedAgents(host);
  streams = host.provider.streams as ResumableStreams;
  patient = await startTestAgentHost({ drainMs: 300, streams: { graceMs: patientGraceMs, ...limits } });
  patientAgents = openPlacedAgents(patient);
});
afterAll(() => Promise.all([host.stop(), patient.stop()]));

const never = () => new AbortController().signal;

function wishOf(bytesMax = 1_000_000): StreamWish {
  const streamId = `str_${newUlid()}`;
  return { streamId, resumeUrl: `http://house/streams/${streamId}`, bytesMax };
}

type Placed = Awaited<ReturnType<PlacedAgents["place"]>>;

async function begin(placement: Placed, prompt: string, wish = wishOf(), { provider } = host) {
  const stream = await provider.stream(placement, invocationOf(prompt), { signal: never(), wish });
  return { placement, wish, stream, streams: provider.streams as ResumableStreams };
}
type Begun = Awaited<ReturnType<typeof begin>>;

const comeBack = ({ placement, wish: { streamId }, streams }: Begun, afterEventId: number) =>
  streams.resume(placement, { streamId, afterEventId }, { signal: never() });

/** Whole events only; what a connection had of the next one is thrown away, as a client does. */
async function readAtMost(stream: Readable, bytesMax: number): Promise<string> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of stream) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    if (bytes.length >= bytesMax) break;
  }
  const text = bytes.subarray(0, bytesMax).toString("latin1");
  const end = text.lastIndexOf("\n\n");
  return end === -1 ? "" : Buffer.from(text.slice(0, end + 2), "latin1").toString("utf8");
}

const lastIdOf = (text: string) => Number([...text.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? 0);

async function textOf(stream: Readable): Promise<string> {
  return readAtMost(stream, Number.MAX_SAFE_INTEGER);
}

async function printed(placement: Placed): Promise<string[]> {
  const lines = await host.provider.logs(placement, { limit: 1_000 });
  return lines.filter(({ stream }) => stream === "stdout").map(({ line }) => line);
}

describe("a stream of the agent host", () => {
  it("is the same bytes for a reader that is cut off twenty times as for one that never is", async () => {
    const begun = await begin(await patientAgents.place(wordy), "400", wishOf(), patient);
    const undisturbed = comeBack(begun, 0).then((stream) => textOf(stream as Readable));
    let read = await readAtMost(begun.stream, 500);
    for (let cut = 0; cut < 20; cut += 1) {
      const stream = await comeBack(begun, lastIdOf(read));
      read += await readAtMost(stream as Readable, 1 + ((cut * 7_919) % 1_500));
    }
    const rest = await comeBack(begun, lastIdOf(read));
    read += await textOf(rest as Readable);
    expect(read).toBe(await undisturbed);
    expect(read.endsWith("event: done\ndata: {}\n\n")).toBe(true);
    expect(await comeBack(begun, lastIdOf(read))).toBeNull();
    await expect(comeBack(begun, lastIdOf(read) + 1)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("names where it goes on in its first event, and tells whoever asks how it ended", async () => {
    const begun = await begin(await agents.place(wordy), "3");
    const outcome = streams.outcome(begun.placement, begun.wish.streamId, { signal: never() });
    const [meta] = await collectEvents(begun.stream);
    expect(meta).toMatchObject({ id: 1, event: "meta", data: { resumeUrl: begun.wish.resumeUrl } });
    expect(await outcome).toEqual({ outcome: "ok", tokens: 0, error: null });
  });

  it("goes on without a reader for its time of grace, then stops the agent and says so", async () => {
    const begun = await begin(await agents.place(waiting), "?");
    await readAtMost(begun.stream, 1);
    const outcome = await streams.outcome(begun.placement, begun.wish.streamId, { signal: never() });
    expect(outcome).toMatchObject({ outcome: "aborted", error: { code: "CONFLICT" } });
    const events = await collectEvents((await comeBack(begun, 1)) as Readable);
    expect(events.at(-1)).toMatchObject({ event: "error", data: { error: { details: { reason: "stream_abandoned" } } } });
    await expect.poll(() => printed(begun.placement)).toEqual(["stopped"]);
  });

  it("that nobody came back to before its first event is stopped at once", async () => {
    const silent = await agents.place(waiting.replace('yield "hello"', 'console.log("began")'));
    const leaving = new AbortController();
    const wish = wishOf();
    const asked = host.provider.stream(silent, invocationOf("?"), { signal: leaving.signal, wish });
    const failed = expect(asked).rejects.toThrow("gone");
    await expect.poll(() => printed(silent), { interval: 20 }).toEqual(["began"]);
    const outcome = streams.outcome(silent, wish.streamId, { signal: never() });
    leaving.abort(new Error("gone"));
    await failed;
    expect(await outcome).toEqual({ outcome: "aborted", tokens: 0, error: null });
    await expect.poll(() => printed(silent)).toEqual(["began", "stopped"]);
  });

  it("is stopped on request, tells its readers, and is forgotten", async () => {
    const begun = await begin(await agents.place(waiting), "?");
    const events = readEvents(begun.stream);
    await events.next();
    await streams.stop(begun.placement, begun.wish.streamId);
    const rest = [];
    for await (const event of events) rest.push(event);
    expect(rest.at(-1)).toMatchObject({ event: "error", data: { error: { details: { reason: "stream_stopped" } } } });
    await expect
      .poll(() =>
        comeBack(begun, 1).then(
          () => "there",
          (error) => error.details.reason,
        ),
      )
      .toBe("stream_lost");
    await streams.stop(begun.placement, begun.wish.streamId);
  });

  it("is as long there for its caller when the house listened to its end for itself", async () => {
    const placement = await agents.place(wordy);
    const leave = async () => {
      const begun = await begin(placement, "6000");
      begun.stream.destroy();
      return begun;
    };
    const [heard, read] = [await leave(), await leave()];
    await Promise.all([heard, read].map(({ wish }) => streams.outcome(placement, wish.streamId, { signal: never() })));
    const from = { streamId: heard.wish.streamId, afterEventId: 0, isAside: true };
    const aside = await textOf((await streams.resume(placement, from, { signal: never() })) as Readable);
    await textOf((await comeBack(read, 0)) as Readable);
    const isGone = () =>
      comeBack(read, 1).then(
        () => false,
        (error) => error.code === "NOT_FOUND",
      );
    await expect.poll(isGone).toBe(true);
    expect(await textOf((await comeBack(heard, 0)) as Readable)).toBe(aside);
  });

  it("is kept for its grace after somebody read it to the end, and is then gone", async () => {
    const kept = await begin(await patientAgents.place(wordy), "3", wishOf(), patient);
    const text = await textOf(kept.stream);
    expect(await textOf((await comeBack(kept, 2)) as Readable)).toBe(text.slice(text.indexOf("id: 3\n")));
    const begun = await begin(await agents.place(wordy), "3");
    await textOf(begun.stream);
    await expect
      .poll(() =>
        comeBack(begun, 2).then(
          (stream) => stream?.destroy() && "there",
          (error) => error.code,
        ),
      )
      .toBe("NOT_FOUND");
  });

  it("of another deployment is not there", async () => {
    const begun = await begin(await agents.place(wordy), "3");
    const elsewhere = { ...begun, placement: await agents.place(wordy) };
    await expect(comeBack(elsewhere, 0)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await textOf(begun.stream);
  });

  it("does not wait for a slow reader while another one keeps up", async () => {
    const begun = await begin(await agents.place(wordy), "6000");
    await once(begun.stream, "readable");
    const fast = await textOf((await comeBack(begun, 0)) as Readable);
    expect(fast.endsWith("event: done\ndata: {}\n\n")).toBe(true);
    expect(await textOf(begun.stream)).toBe(fast);
  });

  it("is read by at most eight at once", async () => {
    const begun = await begin(await agents.place(waiting), "?");
    await once(begun.stream, "readable");
    const more = await Promise.all(Array.from({ length: 7 }, () => comeBack(begun, 0)));
    await expect(comeBack(begun, 0)).rejects.toMatchObject({ details: { reason: "too_many_readers" } });
    await streams.stop(begun.placement, begun.wish.streamId);
    for (const stream of [...more, begun.stream]) stream?.resume();
  });

  it("that nobody reads ends at its cap", async () => {
    const begun = await begin(await patientAgents.place(endless), "?", wishOf(200_000), patient);
    await readAtMost(begun.stream, 1);
    const outcome = await begun.streams.outcome(begun.placement, begun.wish.streamId, { signal: never() });
    expect(outcome.outcome).toBe("error");
    const text = await textOf((await comeBack(begun, 0)) as Readable);
    expect(text).toContain("answer_too_large");
    expect(Buffer.byteLength(text)).toBeLessThan(400_000);
  });

  it("gives way when all logs together are too large: the oldest that ended is lost, and says so", async () => {
    const placement = await patientAgents.place(endless);
    const all: Begun[] = [];
    for (let count = 0; count < 5; count += 1) {
      const begun = await begin(placement, "?", wishOf(800_000), patient);
      all.push(begun);
      await textOf(begun.stream);
    }
    await expect(comeBack(all[0] as Begun, 0)).rejects.toMatchObject({ details: { reason: "stream_lost" } });
    expect(await textOf((await comeBack(all[4] as Begun, 0)) as Readable)).toContain("answer_too_large");
  });

  it("is not there any more when the host started anew", async () => {
    const begun = await begin(await agents.place(waiting), "?");
    const told = textOf(begun.stream).catch((error) => `event: error, as the gateway will say: ${error.message}`);
    const [text] = await Promise.all([told, host.restart()]);
    expect(text).toContain("event: error");
    await expect(comeBack(begun, 0)).rejects.toMatchObject({ code: "NOT_FOUND", details: { reason: "stream_lost" } });
  });
});
