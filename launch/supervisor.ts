// Keeps one program running: awaited until it says "ready", started again with growing pauses when it dies, stopped.
import { type ChildProcess, fork, type StdioOptions } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { ProgramName } from "./build-programs";
import type { Environment } from "./environment";
import { LaunchProblem } from "./problem";
import { markOf, type ProcessMark } from "./process-mark";
import { readSince, sizeOf } from "./program-log";
import { stopProcess } from "./stop-process";

export type SupervisorOptions = {
  program: ProgramName;
  file: string;
  /** Words on its command line. */
  words: string[];
  env: Environment;
  logFile: string;
  /** Each new process, so that a later start can find it. */
  onStart: (mark: ProcessMark) => void;
  onDeath: (sentence: string) => void;
  /** Starting it again was given up; the product should stop then. */
  onGiveUp: (problem: LaunchProblem) => void;
};

type Run = { mark: ProcessMark; ended: Promise<string>; startedAt: number };

const readyWithinMs = 60_000;
const firstPauseMs = 250;
const longestPauseMs = 10_000;
/** A program that ran this long was healthy: its earlier deaths are forgiven. */
const healthyMs = 60_000;
const deathsMax = 8;
/** EX_CONFIG of sysexits.h: starting it again would change nothing. */
const configurationExit = 78;

export class Supervisor {
  readonly #options: SupervisorOptions;
  #run: Run | null = null;
  #newest: ProcessMark | null = null;
  #stopping = false;
  #deaths = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get program(): ProgramName {
    return this.#options.program;
  }

  /** Resolves when the program is ready. Throws {@link LaunchProblem} with its own last words when it does not get there. */
  async start(): Promise<void> {
    this.#watch(await this.#startOnce());
  }

  /** A fresh process in place of the running one (`npm run dev`). */
  async restart(graceMs: number): Promise<void> {
    const old = this.#run;
    this.#run = null;
    if (old) await stopProcess(old.mark, { signal: "SIGTERM", graceMs });
    if (!this.#stopping) await this.start();
  }

  /** For good. It is killed when it does not drain within `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    if (this.#newest) await stopProcess(this.#newest, { signal: "SIGTERM", graceMs });
  }

  /** At once, without draining; a `stop` that waits is done then. */
  async kill(): Promise<void> {
    this.#stopping = true;
    if (this.#newest) await stopProcess(this.#newest, { signal: "SIGKILL", graceMs: 1_000 });
  }

  #watch(run: Run): void {
    this.#run = run;
    void run.ended.then((how) => this.#died(run, how));
  }

  async #died(run: Run, how: string): Promise<void> {
    if (this.#stopping || this.#run !== run) return;
    this.#deaths = Date.now() - run.startedAt > healthyMs ? 1 : this.#deaths + 1;
    this.#options.onDeath(`${this.program} ended unexpectedly (${how}); starting it again`);
    while (this.#deaths < deathsMax) {
      await pause(Math.min(firstPauseMs * 2 ** (this.#deaths - 1), longestPauseMs));
      if (this.#stopping) return;
      const next = await this.#startOnce().catch(() => null);
      if (next) return this.#watch(next);
      this.#deaths += 1;
    }
    if (this.#stopping) return;
    const { logFile } = this.#options;
    this.#options.onGiveUp(new LaunchProblem(`${this.program} keeps failing, so everything is stopped; see ${logFile}.`));
  }

  async #startOnce(): Promise<Run> {
    const { file, words, env, logFile, onStart } = this.#options;
    const logStart = sizeOf(logFile);
    const log = openSync(logFile, "a", 0o600);
    // A session of its own: Ctrl-C reaches only the launcher, which stops its programs one after the other.
    const stdio: StdioOptions = ["ignore", log, log, "ipc"];
    const child = fork(file, words, { env: env as NodeJS.ProcessEnv, stdio, detached: true, execArgv: [] });
    closeSync(log);
    const [startedAt, ended] = [Date.now(), endOf(child)];
    const mark = child.pid === undefined ? null : markOf(child.pid);
    if (mark) {
      this.#newest = mark;
      onStart(mark);
    }
    const how = await firstOf(child, ended);
    if (how === "ready" && mark) return { mark, ended, startedAt };
    if (mark) await stopProcess(mark, { signal: "SIGKILL", graceMs: 1_000 });
    throw this.#problemOf(child, how, readSince(logFile, logStart).trim());
  }

  #problemOf(child: ChildProcess, how: string, words: string): LaunchProblem {
    if (child.exitCode === configurationExit) return new LaunchProblem(words || `${this.program} refused its configuration.`);
    const last = words.split("\n").slice(-12).join("\n");
    return new LaunchProblem(`${this.program} did not start (${how}). Its last words, from ${this.#options.logFile}:\n${last}`);
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

/** "ready", or how it ended before. */
function firstOf(child: ChildProcess, ended: Promise<string>): Promise<string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(`not ready within ${readyWithinMs / 1000} s`), readyWithinMs);
    const settle = (how: string) => {
      clearTimeout(timer);
      resolve(how);
    };
    child.on("message", (message) => {
      if (message === "ready") settle("ready");
    });
    void ended.then(settle);
  });
}
