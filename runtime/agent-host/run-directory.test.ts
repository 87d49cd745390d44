// What a killed host leaves behind is ended and cleared, and no other process is ever hit.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startTicks } from "./process-usage";
import { clearLeftovers, createRunDirectory } from "./run-directory";

let root: string;
let child: ChildProcess;
let pid: number;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "whs-run-"));
  child = spawn("sleep", ["60"]);
  pid = child.pid ?? 0;
});
afterEach(() => {
  child.kill("SIGKILL");
  rmSync(root, { recursive: true });
});

it("ends the process that a folder names, and removes the folder", async () => {
  createRunDirectory(root, "7-1", null).note(pid);
  const gone = new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
  expect(clearLeftovers(root)).toBe(1);
  expect(await gone).toBe("SIGKILL");
  expect(readdirSync(root)).toEqual([]);
});

it("leaves a later process alone that got the same number", () => {
  writeFileSync(join(root, "7-1.process.json"), JSON.stringify({ pid, startTicks: "1" }));
  expect(clearLeftovers(root)).toBe(0);
  expect(startTicks(pid)).not.toBeNull();
});

it("does not stumble over notes that were cut off", () => {
  writeFileSync(join(root, "7-1.process.json"), '{"pid":');
  expect(clearLeftovers(root)).toBe(0);
  expect(existsSync(join(root, "7-1.process.json"))).toBe(false);
});
