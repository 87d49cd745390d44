// What a killed host leaves behind is ended and cleared, and no other process is ever hit.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { CutLog } from "./cut-logs";
import { startTicks } from "./process-usage";
import { clearLeftovers, createRunDirectory } from "./run-directory";

let root: string;
let child: ChildProcess;
let pid: number;
let cuts: CutLog[];
const cut = { life: "01jdlife", deploymentId: "dep_1" };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "whs-run-"));
  child = spawn("sleep", ["60"]);
  pid = child.pid ?? 0;
  cuts = [];
});
afterEach(() => {
  child.kill("SIGKILL");
  rmSync(root, { recursive: true });
});

it("ends the process that a folder names, and removes the folder", async () => {
  createRunDirectory(root, "7-1", null).note(pid, cut);
  const gone = new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
  expect(clearLeftovers(root, (one) => cuts.push(one))).toBe(1);
  expect(cuts).toEqual([cut]);
  expect(await gone).toBe("SIGKILL");
  expect(readdirSync(root)).toEqual([]);
});

it("leaves a later process alone that got the same number", () => {
  writeFileSync(join(root, "7-1.process.json"), JSON.stringify({ pid, startTicks: "1" }));
  expect(clearLeftovers(root, (one) => cuts.push(one))).toBe(0);
  expect(startTicks(pid)).not.toBeNull();
});

it("does not stumble over notes that were cut off", () => {
  writeFileSync(join(root, "7-1.process.json"), '{"pid":');
  expect(clearLeftovers(root, (one) => cuts.push(one))).toBe(0);
  expect(cuts).toEqual([]);
  expect(existsSync(join(root, "7-1.process.json"))).toBe(false);
});

it("says whose output may be lost also when the process died with its host, until all of it was delivered", () => {
  const run = createRunDirectory(root, "7-1", null);
  run.note(999_999_999, cut);
  run.remove();
  expect(clearLeftovers(root, (one) => cuts.push(one))).toBe(0);
  expect(cuts).toEqual([cut]);
  const next = createRunDirectory(root, "7-1", null);
  next.note(999_999_999, cut);
  next.remove();
  next.forget();
  clearLeftovers(root, (one) => cuts.push(one));
  expect([cuts.length, readdirSync(root)]).toEqual([1, []]);
});
