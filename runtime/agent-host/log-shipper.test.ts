// Lines on their way to the house: each until it is durable there, within bounds, and no loud agent keeps a quiet one waiting.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type HostLogReport, leftOutReasons, linesLeftOut, logCaps } from "~/runtime/contract/host-logs";
import { createCallsUnderway } from "./calls-underway";
import { createHostLog } from "./host-log";
import { type KeptReports, openKeptReports } from "./kept-reports";
import { createLogShipper, type LogOutlet, type LogShipper } from "./log-shipper";

let now: number;
let status: number;
let reports: HostLogReport[];
let shipper: LogShipper;
let folder: string;
let kept: KeptReports;

beforeEach(() => {
  vi.useFakeTimers();
  folder = mkdtempSync(join(tmpdir(), "whs-kept-"));
  kept = openKeptReports(folder, () => undefined);
  [now, status, reports] = [Date.parse("2026-11-22T10:00:00Z"), 204, []];
  shipper = createLogShipper({ send: take, kept, log: createHostLog("error"), now: () => now });
});
afterEach(async () => {
  status = 204;
  await shipper.stop();
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

async function take(report: HostLogReport): Promise<number> {
  reports.push(structuredClone(report));
  return status;
}
const print = (outlet: LogOutlet, line: string) => outlet.add({ at: new Date(now).toISOString(), stream: "stdout", line });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const linesOf = (deploymentId: string) =>
  reports
    .flatMap(({ deployments }) => deployments.filter((one) => one.deploymentId === deploymentId))
    .flatMap(({ lines }) => lines);

describe("lines", () => {
  test("go in their order, and again with the same numbers until the house has them", async () => {
    const outlet = shipper.outletOf("dep_1");
    status = 503;
    print(outlet, "one");
    await pass(200);
    print(outlet, "two");
    expect(reports).toHaveLength(1);
    status = 204;
    await pass(1_000);
    const [first, second] = reports;
    expect(first?.deployments[0]?.lines[0]).toEqual(second?.deployments[0]?.lines[0]);
    expect(second?.deployments[0]?.lines.map(({ seq, line }) => [seq, line])).toEqual([
      [1, "one"],
      [2, "two"],
    ]);
    await pass(60_000);
    expect(reports).toHaveLength(2);
  });

  test("that are all delivered are said to be, and not before", async () => {
    const outlet = shipper.outletOf("dep_1");
    const delivered = vi.fn();
    shipper.whenDelivered("dep_1", delivered);
    expect(delivered).toHaveBeenCalledTimes(1);
    status = 503;
    print(outlet, "one");
    shipper.whenDelivered("dep_1", delivered);
    await pass(1_000);
    expect(delivered).toHaveBeenCalledTimes(1);
    status = 204;
    await pass(10_000);
    expect(delivered).toHaveBeenCalledTimes(2);
  });

  test("that the house refuses for good are not sent for ever", async () => {
    status = 400;
    print(shipper.outletOf("dep_1"), "one");
    await pass(60_000);
    expect(reports).toHaveLength(1);
  });

  test("of a loud agent keep none of a quiet one waiting", async () => {
    const [loud, quiet] = [shipper.outletOf("dep_loud"), shipper.outletOf("dep_quiet")];
    for (let line = 0; line < 900; line += 1) print(loud, `loud ${line}`);
    print(quiet, "quiet");
    await pass(150);
    expect(reports[0]?.deployments.map(({ deploymentId }) => deploymentId)).toEqual(["dep_loud", "dep_quiet"]);
    expect(linesOf("dep_loud").map(({ line }) => line)).toEqual(Array.from({ length: 900 }, (_, line) => `loud ${line}`));
  });

  test("of a quiet agent outlast a house that is away, however many loud ones share its host", async () => {
    status = 503;
    // As much as a minute lets each print: together all that is kept.
    const loud = Array.from({ length: 32 }, (_, place) => shipper.outletOf(`dep_loud_${place}`));
    for (const outlet of loud) for (let line = 0; line < 256; line += 1) print(outlet, "x".repeat(4_096));
    print(shipper.outletOf("dep_quiet"), "quiet");
    status = 204;
    await pass(60_000);
    expect(linesOf("dep_quiet").map(({ line }) => line)).toContain("quiet");
    expect(linesOf("dep_quiet").filter(({ leftOut }) => leftOut !== undefined)).toEqual([]);
  });

  test("beyond so many a minute are left out, and said when the next one comes, or when the agent fell silent", async () => {
    const outlet = shipper.outletOf("dep_1");
    for (let line = 0; line < logCaps.linesPerMinuteMax + 312; line += 1) print(outlet, "x");
    await pass(1_000);
    expect(linesOf("dep_1")).toHaveLength(logCaps.linesPerMinuteMax);
    now += 60_000;
    await pass(6_000);
    expect(linesOf("dep_1").at(-1)).toMatchObject({
      stream: "host",
      line: linesLeftOut(312, leftOutReasons.minute),
      leftOut: 312,
    });
  });

  test("give way to newer ones while the house is away, and that is said too", async () => {
    const outlet = shipper.outletOf("dep_1");
    status = 0;
    for (let minute = 0; minute < 6; minute += 1) {
      for (let line = 0; line < logCaps.linesPerMinuteMax; line += 1) print(outlet, `${minute}`);
      now += 60_000;
    }
    status = 204;
    reports = [];
    await pass(20_000);
    const lines = linesOf("dep_1");
    expect(lines.filter(({ stream }) => stream === "stdout")[0]?.line).toBe("1");
    expect(lines.find(({ stream }) => stream === "host")?.line).toContain(leftOutReasons.backlog);
    expect(
      lines.reduce((sum, { leftOut = 0 }) => sum + leftOut, 0) + lines.filter(({ stream }) => stream === "stdout").length,
    ).toBe(6_000);
  });

  test("that wait are delivered when the host stops", async () => {
    print(shipper.outletOf("dep_1"), "last words");
    await shipper.stop();
    expect(linesOf("dep_1").map(({ line }) => line)).toEqual(["last words"]);
  });

  test("that wait are delivered when the host stops, though the house takes them only at the third time", async () => {
    status = 503;
    print(shipper.outletOf("dep_1"), "last words");
    const stopped = shipper.stop();
    await pass(400);
    expect(reports).toHaveLength(2);
    status = 204;
    await pass(300);
    await stopped;
    expect(linesOf("dep_1").map(({ line }) => line)).toEqual(["last words", "last words", "last words"]);
  });

  const silent = createHostLog("silent");

  test.each([
    ["takes nothing", 1_900, async () => 503],
    ["does not answer", 1_900, () => new Promise<number>(() => undefined)],
    ["is not there", 0, async () => 0],
  ])(
    "that a house which %s does not take hold a stop up for %i ms at most, and come from the next life",
    async (_how, ms, send) => {
      const first = createLogShipper({ send, kept, log: silent, now: () => now });
      for (const line of ["one", "two"]) print(first.outletOf("dep_1"), line);
      const delivered = vi.fn();
      first.whenDelivered("dep_1", delivered);
      let isOver = false;
      const stopped = first.stop().then(() => {
        isOver = true;
      });
      await pass(ms);
      expect(isOver).toBe(ms === 0);
      await pass(200);
      await stopped;
      expect(delivered).toHaveBeenCalledTimes(1);

      const next = createLogShipper({ send: take, kept: openKeptReports(folder, () => undefined), log: silent });
      print(next.outletOf("dep_1"), "three");
      status = 503;
      await pass(1_000);
      status = 204;
      reports = [];
      await pass(20_000);
      expect(reports.map(({ source }) => source)).toEqual([first.life, next.life]);
      expect(linesOf("dep_1").map(({ seq, line }) => [seq, line])).toEqual([
        [1, "one"],
        [2, "two"],
        [1, "three"],
      ]);
      expect(readdirSync(folder)).toEqual([]);
      await next.stop();
    },
  );

  test("that one life after the other cannot deliver wait in their order, within a bound, and the oldest give way", async () => {
    const away = async () => 0;
    const dropped = vi.fn();
    const few = () => openKeptReports(folder, dropped, 1_000);
    for (let life = 0; life < 20; life += 1) {
      const one = createLogShipper({ send: away, kept: few(), log: silent, now: () => now });
      print(one.outletOf("dep_1"), `life ${life}`);
      await one.stop();
    }
    const bytes = readdirSync(folder).reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0);
    expect(bytes).toBeLessThanOrEqual(1_000);
    const last = createLogShipper({ send: take, kept: few(), log: silent });
    await pass(1_000);
    const lines = linesOf("dep_1").map(({ line }) => line);
    expect(lines.length + dropped.mock.calls.length).toBe(20);
    expect(lines).toEqual(Array.from({ length: lines.length }, (_, place) => `life ${20 - lines.length + place}`));
    await last.stop();
  });
});

test("a line names the only call under way, or the one that has just ended, and none of several", () => {
  let elapsed = 0;
  const underway = createCallsUnderway(() => elapsed);
  const [one, other] = [
    { traceId: "trc_1", sessionId: "ses_1" },
    { traceId: "trc_2", sessionId: "ses_2" },
  ];
  expect(underway.only()).toBeNull();
  const endOne = underway.begin(one);
  expect(underway.only()).toEqual(one);
  const endOther = underway.begin(other);
  expect(underway.only()).toBeNull();
  endOne();
  expect(underway.only()).toBeNull();
  elapsed = 150;
  expect(underway.only()).toEqual(other);
  endOther();
  expect(underway.only()).toEqual(other);
  elapsed = 300;
  expect(underway.only()).toBeNull();
});
