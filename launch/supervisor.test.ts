// A program is kept running, its failures are told in its own words, and a stop always ends it.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LaunchProblem } from "./problem";
import { isRunning, type ProcessMark } from "./process-mark";
import { Supervisor } from "./supervisor";

let directory: string;
let marks: ProcessMark[];
let deaths: string[];
let failures: LaunchProblem[];
let supervisor: Supervisor | null;

beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "whs-supervisor-"));
  [marks, deaths, failures, supervisor] = [[], [], [], null];
});
afterEach(async () => {
  await supervisor?.kill();
  rmSync(directory, { recursive: true, force: true });
});

function supervise(source: string): Supervisor {
  const file = path.join(directory, "program.cjs");
  writeFileSync(file, source);
  supervisor = new Supervisor({
    program: "web",
    file,
    words: [],
    env: { MARKER: path.join(directory, "marker") },
    logFile: path.join(directory, "web.log"),
    onStart: (mark) => marks.push(mark),
    onDeath: (sentence) => deaths.push(sentence),
    onGiveUp: (problem) => failures.push(problem),
  });
  return supervisor;
}

const stayUp = `process.send("ready"); setInterval(() => {}, 1000);`;

describe("a supervised program", () => {
  it("runs again after kill -9", async () => {
    await supervise(stayUp).start();
    process.kill(marks[0]?.pid ?? 0, "SIGKILL");
    await expect.poll(() => marks, { timeout: 30_000 }).toHaveLength(2);
    expect(deaths).toEqual(["web ended unexpectedly (SIGKILL); starting it again"]);
    expect(marks.map(isRunning)).toEqual([false, true]);
  });

  it("fails the start with its own last words when it cannot get ready", async () => {
    const failure = supervise(`console.error("the cellar is flooded"); process.exit(3);`).start();
    await expect(failure).rejects.toThrow(/web did not start \(exit code 3\)[\s\S]*the cellar is flooded/);
  });

  it("is not tried again when it refuses its configuration, and its sentence is all that is said", async () => {
    const failure = supervise(`console.error("PUBLIC_URL must begin with https://."); process.exit(78);`).start();
    await expect(failure).rejects.toThrow(new LaunchProblem("PUBLIC_URL must begin with https://."));
    expect(marks).toHaveLength(1);
  });

  it("drains on a stop and is not started again", async () => {
    await supervise(`process.on("SIGTERM", () => { require("fs").writeFileSync(process.env.MARKER, "drained"); process.exit(0); });
      ${stayUp}`).start();
    await supervisor?.stop(5_000);
    expect(readFileSync(path.join(directory, "marker"), "utf8")).toBe("drained");
    expect([marks.length, marks.some(isRunning), deaths]).toEqual([1, false, []]);
  });

  it("is killed when it does not drain in time", async () => {
    await supervise(`process.on("SIGTERM", () => {}); ${stayUp}`).start();
    await supervisor?.stop(100);
    expect(marks.map(isRunning)).toEqual([false]);
  });

  it("is ended by a stop that comes before it is ready", async () => {
    const failure = expect(supervise("setInterval(() => {}, 1000);").start()).rejects.toThrow(/did not start/);
    await expect.poll(() => marks).toHaveLength(1);
    await supervisor?.stop(1_000);
    await failure;
    expect(marks.map(isRunning)).toEqual([false]);
  });

  it("is a fresh process after a restart, which counts as no death", async () => {
    await supervise(stayUp).start();
    await supervisor?.restart(1_000);
    expect(marks.map(isRunning)).toEqual([false, true]);
    expect(deaths).toEqual([]);
  });

  it("does not see the launcher's own environment", async () => {
    await supervise(`require("fs").writeFileSync(process.env.MARKER, Object.keys(process.env).join(" ")); ${stayUp}`).start();
    const seen = readFileSync(path.join(directory, "marker"), "utf8").split(" ");
    expect(existsSync(path.join(directory, "web.log"))).toBe(true);
    expect(seen.filter((name) => !name.startsWith("NODE_CHANNEL"))).toEqual(["MARKER"]);
  });
});
