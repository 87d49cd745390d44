// A host that is told to stop: callers are told, what was used is reported and what was printed is delivered, by it or by its next life.
import type { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { cutLogLine } from "~/runtime/agent-host/cut-logs";
import { newUlid } from "~/runtime/contract/new-ulid";
import type { ResumableStreams } from "~/server/providers/provider";
import { readEvents } from "~/server/providers/read-events";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";
import { buildHostProgram, endOf, type HostGround, openHostGround } from "~/server/testing/host-process";

const never = () => new AbortController().signal;

/** Prints, says what it has used, and goes on for as long as it is let. */
const endless = `export default async function* (request, { reportUsage }) {
  for (let n = 1; n <= 3; n += 1) console.log("line " + n);
  reportUsage({ tokens: 7 });
  for (;;) { yield "."; await new Promise((resolve) => setTimeout(resolve, 10)); }
}`;

let program: Awaited<ReturnType<typeof buildHostProgram>>;
let ground: HostGround;
beforeAll(async () => {
  program = await buildHostProgram();
});
afterAll(() => program.remove());
beforeEach(async () => {
  ground = await openHostGround(program.file);
});
afterEach(() => ground.close());

async function begin() {
  const { provider } = ground;
  const placement = await buildPlacement(provider, endless);
  await provider.deploy(placement, { signal: never() });
  const [call, streamId] = [invocationOf("?"), `str_${newUlid()}`];
  const wish = { streamId, resumeUrl: `http://house/${streamId}`, bytesMax: 1_000_000 };
  const stream = await provider.stream(placement, call, { signal: never(), wish });
  const events = readEvents(stream);
  await events.next();
  return { placement, call, streamId, stream, events };
}

it("whoever reads a stream may read on to its end while the host stops; nothing begins any more, and that can be tried again", async () => {
  const host = await ground.start();
  const { placement, streamId, stream } = await begin();
  const over = endOf(host);
  host.kill("SIGTERM");
  const unreachable = { retryable: true, details: { reason: "host_unreachable" } };
  const activate = () => ground.provider.activate(placement, { signal: never() }).then(String, (error: unknown) => error);
  await expect.poll(activate).toMatchObject(unreachable);
  await expect(ground.provider.invoke(placement, invocationOf("?"), { signal: never() })).rejects.toMatchObject(unreachable);
  stream.destroy();
  const streams = ground.provider.streams as ResumableStreams;
  const events = readEvents((await streams.resume(placement, { streamId, afterEventId: 0 }, { signal: never() })) as Readable);
  expect((await events.next()).value).toMatchObject({ id: 1, event: "meta" });
  await streams.stop(placement, streamId);
  const rest: unknown[] = [];
  for await (const event of events) rest.push(event);
  expect(rest.at(-1)).toMatchObject({ event: "error", data: { error: { details: { reason: "stream_stopped" } } } });
  expect((await over).code).toBe(0);
});

it.each([
  ["nothing", 503],
  ["lines, but no reports", 204],
])(
  "a call that does not end is told so in time; where the house takes %s, the rest comes after the next start",
  async (_what, logStatus) => {
    const { house } = ground;
    [house.logStatus, house.batchStatus] = [logStatus, 503];
    const host = await ground.start({ AGENT_DRAIN_MS: "300" });
    const { placement, call, streamId, events } = await begin();
    const over = endOf(host);
    host.kill("SIGTERM");
    const rest: { event: string; data: unknown }[] = [];
    for await (const event of events) rest.push(event);
    expect(rest.at(-1)).toMatchObject({ event: "error", data: { error: { code: "RUNTIME_ERROR" }, usage: { tokens: 7 } } });
    expect((await over).code).toBe(0);
    expect(house.printed.length > 0).toBe(logStatus === 204);

    [house.logStatus, house.batchStatus] = [204, 202];
    await ground.start();
    await expect.poll(() => house.events).toMatchObject([{ traceId: call.traceId, llmTokens: 7, errors: 1 }]);
    await expect.poll(() => house.printed.filter((line) => line.startsWith("line"))).toEqual(["line 1", "line 2", "line 3"]);
    expect(house.printed).not.toContain(cutLogLine);
    const streams = ground.provider.streams as ResumableStreams;
    const lost = streams.resume(placement, { streamId, afterEventId: 0 }, { signal: never() });
    await expect(lost).rejects.toMatchObject({ code: "NOT_FOUND", details: { reason: "stream_lost" } });
  },
);
