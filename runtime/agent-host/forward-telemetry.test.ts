// A house that is away is asked again, ever more rarely, by nobody else's doing; what it refuses for good is dropped, and nothing waits for it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ControlClient } from "./control-client";
import { createTelemetryForwarder, type TelemetryForwarder } from "./forward-telemetry";
import { createHostLog } from "./host-log";
import { openTelemetrySpool, type TelemetrySpool } from "./telemetry-spool";

let directory: string;
let spool: TelemetrySpool;
let forwarder: TelemetryForwarder;
/** What the house was sent, and when. */
let sent: { name: string; atMs: number }[];
let status: (name: string) => number;
let startedMs: number;

beforeEach(() => {
  vi.useFakeTimers();
  startedMs = Date.now();
  directory = mkdtempSync(join(tmpdir(), "whs-forward-"));
  spool = openTelemetrySpool(directory, () => undefined);
  sent = [];
  const sendBatch: ControlClient["sendBatch"] = async ({ body }) => {
    sent.push({ name: String(body), atMs: Date.now() - startedMs });
    return status(String(body));
  };
  forwarder = createTelemetryForwarder({ spool, control: { sendBatch } as ControlClient, log: createHostLog("silent") });
});
afterEach(async () => {
  await forwarder.stop();
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

function report(...names: string[]): void {
  for (const name of names) spool.add({ headers: {}, body: Buffer.from(name) });
  forwarder.ring();
}
const namesSent = () => sent.map(({ name }) => name);

it.each([0, 429, 503])(
  "an answer of %i is tried again after pauses that double up to half a minute, and whoever rings meanwhile hastens nothing",
  async (answer) => {
    status = () => answer;
    report("a");
    for (let second = 0; second < 150; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      forwarder.ring();
    }
    const pauses = sent.slice(1).map(({ atMs }, place) => atMs - (sent[place]?.atMs ?? 0));
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(spool.size).toBe(1);
  },
);

it("all of it is delivered in order once the house is back, and the next failure begins with the shortest pause", async () => {
  status = () => 0;
  report("a", "b", "c");
  await vi.advanceTimersByTimeAsync(5_000);
  status = () => 202;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(namesSent().slice(-3)).toEqual(["a", "b", "c"]);
  expect(spool.size).toBe(0);
  status = () => 0;
  report("d");
  await vi.advanceTimersByTimeAsync(250);
  expect(namesSent().slice(-2)).toEqual(["d", "d"]);
});

it("a batch that the house chokes on lets the others pass", async () => {
  status = (name) => (name === "poison" ? 500 : 202);
  report("poison", "a", "b");
  await vi.advanceTimersByTimeAsync(250);
  expect(namesSent()).toEqual(["poison", "a", "b", "poison"]);
  expect(spool.size).toBe(1);
});

it("what is refused for good is sent once", async () => {
  status = (name) => (name === "wrong" ? 400 : 202);
  report("wrong", "a");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(namesSent()).toEqual(["wrong", "a"]);
  expect(spool.size).toBe(0);
});

it("a host that stops does not wait for the house, and leaves what is not delivered to the next one", async () => {
  status = () => 0;
  report("a");
  await vi.advanceTimersByTimeAsync(0);
  await forwarder.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(namesSent()).toEqual(["a"]);
  expect(
    openTelemetrySpool(directory, () => undefined)
      .first()
      ?.batch.body.toString(),
  ).toBe("a");
});
