// That output may be missing is said to the house until it has heard it, also by later lives of the host, and always as the same line.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { HostLogReport } from "~/runtime/contract/host-logs";
import { type CutLogs, openCutLogs } from "./cut-logs";
import { createHostLog } from "./host-log";

let directory: string;
let status: number;
let reports: HostLogReport[];
let opened: CutLogs[];

beforeEach(() => {
  vi.useFakeTimers();
  directory = mkdtempSync(join(tmpdir(), "whs-cut-"));
  [status, reports, opened] = [204, [], []];
});
afterEach(async () => {
  await Promise.all(opened.map((cutLogs) => cutLogs.stop()));
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

function open(): CutLogs {
  const send = async (report: HostLogReport) => {
    reports.push(HostLogReport.parse(structuredClone(report)));
    return status;
  };
  const cutLogs = openCutLogs({ directory, send, log: createHostLog("silent"), now: () => Date.parse("2026-11-22T10:00:00Z") });
  opened.push(cutLogs);
  return cutLogs;
}

const life = "01jdqqqqqqqqqqqqqqqqqqqqqq";
const told = () => reports.map(({ source, deployments }) => [source, deployments.map(({ deploymentId }) => deploymentId)]);

it("is told once for each deployment, and then forgotten", async () => {
  const cutLogs = open();
  for (const deploymentId of ["dep_1", "dep_2", "dep_1"]) cutLogs.keep({ life, deploymentId });
  cutLogs.tell();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told()).toEqual([[`${life}end`, ["dep_1", "dep_2"]]]);
  expect(reports[0]?.deployments[0]?.lines).toMatchObject([{ seq: 1, stream: "host" }]);
  expect(readdirSync(directory)).toEqual([]);
});

it("is told again while the house is away, and by the next life of the host if this one ends before, as the same line", async () => {
  status = 503;
  const first = open();
  first.keep({ life, deploymentId: "dep_1" });
  first.tell();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reports.length).toBeGreaterThan(1);
  await first.stop();
  const before = reports.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reports).toHaveLength(before);
  status = 204;
  open().tell();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(reports).toHaveLength(before + 1);
  expect(new Set(reports.map((report) => JSON.stringify(report))).size).toBe(1);
  expect(readdirSync(directory)).toEqual([]);
});

it("of several lives is told life by life, and what the house refuses is not told for ever", async () => {
  status = 400;
  const cutLogs = open();
  const other = life.replaceAll("q", "r");
  cutLogs.keep({ life, deploymentId: "dep_1" });
  cutLogs.keep({ life: other, deploymentId: "dep_1" });
  cutLogs.tell();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told()).toEqual([
    [`${life}end`, ["dep_1"]],
    [`${other}end`, ["dep_1"]],
  ]);
});
