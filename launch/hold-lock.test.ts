// Only one start at a time works in a data directory.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { holdLock, isLock } from "./hold-lock";
import { markOf } from "./process-mark";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "whs-lock-"));
  file = path.join(directory, "launcher.lock");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("the launcher's lock", () => {
  it("is refused to a second holder, who is told who has it", () => {
    const first = holdLock(file);
    expect(isLock(first)).toBe(true);
    expect(holdLock(file)).toEqual(markOf(process.pid));
  });

  it("is free again after a release, and leaves no other file", () => {
    const first = holdLock(file);
    if (isLock(first)) first.release();
    expect(readdirSync(directory)).toEqual([]);
    expect(isLock(holdLock(file))).toBe(true);
  });

  it("is taken over from a holder that was killed", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const holder = markOf(child.pid ?? 0);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    writeFileSync(file, JSON.stringify(holder));
    expect(isLock(holdLock(file))).toBe(true);
  });

  it("is taken over from a holder whose pid another process has now", () => {
    writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: "an earlier boot:1" }));
    expect(isLock(holdLock(file))).toBe(true);
  });

  it("is taken over when a full disk cut its file short", () => {
    writeFileSync(file, "");
    expect(isLock(holdLock(file))).toBe(true);
  });
});
