// Lines on their way to the house: each until it is durable there, within bounds, and no loud agent keeps a quiet one waiting.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type HostLogReport, leftOutReasons, linesLeftOut, logCaps } from "~/runtime/contract/host-logs";
import { createCallsUnderway } from "./calls-underway";
import { createHostLog } from "./host-log";
import { createLogShipper, type LogOutlet, type LogShipper } from "./log-shipper";

let now: number;
let status: number;
let reports: HostLogReport[];
let shipper: LogShipper;

beforeEach(() => {
  vi.useFakeTimers();
  [now, status, reports] = [Date.parse("2026-11-22T10:00:00Z"), 204, []];
  const send = async (report: HostLogReport) => {
    reports.push(structuredClone(report));
    return status;
  };
  shipper = createLogShipper({ send, log: createHostLog("error"), now: () => now });
});
afterEach(async () => {
  await shipper.stop();
  vi.useRealTimers();
});

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

  test("that cannot be delivered hold no host up for longer than some seconds, and their number is in its log", async () => {
    const said: unknown[] = [];
    const log = { ...createHostLog("error"), error: (...words: unknown[]) => void said.push(words[0]) };
    for (const send of [async () => 503, () => new Promise<number>(() => undefined)]) {
      const hurried = createLogShipper({ send, log, now: () => now });
      for (const line of ["one", "two"]) print(hurried.outletOf("dep_1"), line);
      let isOver = false;
      const stopped = hurried.stop().then(() => {
        isOver = true;
      });
      await pass(4_900);
      expect(isOver).toBe(false);
      await pass(200);
      await stopped;
    }
    expect(said).toEqual([{ lines: 2 }, { lines: 2 }]);
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
