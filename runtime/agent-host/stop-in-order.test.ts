// A stop has its time, whatever hangs: nobody who waits as long as was promised ends the host by force.
import { createServer } from "node:http";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { hostBeyondDrainMs } from "~/runtime/contract/host-stop";
import { OpenWork } from "./open-work";
import { type StopParts, stopInOrder } from "./stop-in-order";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<never>(() => undefined);

it("with everything that is waited for hanging, ends within what was promised beyond the time of calls", async () => {
  const [calls, answers] = [new OpenWork(), new OpenWork()];
  void calls.follow(never());
  void answers.follow(never());
  const ends: string[] = [];
  const stopped = stopInOrder({
    drainMs: 30_000,
    server: createServer(),
    runners: { stop: never, flush: async () => void ends.push("flushed") },
    calls,
    answers,
    channels: { finish: never, close: () => undefined },
    streams: { close: () => undefined },
    forwarder: { stop: never },
    shipper: { stop: never },
    cutLogs: { stop: never },
    control: { close: async () => void ends.push("closed") },
  } as unknown as StopParts).then(() => ends.push("stopped"));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(ends).toEqual([]);
  await vi.advanceTimersByTimeAsync(hostBeyondDrainMs - 1_000);
  await stopped;
  expect(ends).toEqual(["flushed", "closed", "stopped"]);
});

it("has reports of calls written once the last of them was recorded, and not before", async () => {
  const [calls, ends, settle]: [OpenWork, string[], (() => void)[]] = [new OpenWork(), [], []];
  void calls.follow(new Promise<void>((resolve) => settle.push(resolve)).then(() => void ends.push("recorded")));
  const quiet = { stop: async () => undefined, finish: async () => undefined, close: () => undefined };
  const stopped = stopInOrder({
    drainMs: 30_000,
    server: createServer(),
    runners: { ...quiet, flush: async () => void ends.push("flushed") },
    calls,
    answers: new OpenWork(),
    ...{ channels: quiet, streams: quiet, forwarder: quiet, shipper: quiet, cutLogs: quiet },
    control: { close: async () => void ends.push("closed") },
  } as unknown as StopParts);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(ends).toEqual([]);
  settle[0]?.();
  await stopped;
  expect(ends).toEqual(["recorded", "flushed", "closed"]);
});

it("work that is begun while a stop waits is waited for too; what fails is over as well", async () => {
  const work = new OpenWork();
  const [ends, begun]: [string[], (() => void)[]] = [[], []];
  const open = () => new Promise<void>((resolve) => begun.push(resolve));
  void work.follow(open());
  work.follow(Promise.reject(new Error("over"))).catch(() => undefined);
  const over = work.over().then(() => ends.push("over"));
  void work.follow(open());
  begun[0]?.();
  await vi.advanceTimersByTimeAsync(1);
  expect(ends).toEqual([]);
  begun[1]?.();
  await over;
});
