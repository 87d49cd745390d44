// One running workerd: its sockets, its calls, its output, and how it ends.
import type { ChildProcess } from "node:child_process";
import { Pool } from "undici";
import type { AgentLog } from "./agent-log";
import type { LineCleaner, OnCleanLine } from "./clean-lines";
import { type OutputReader, readOutput } from "./read-output";

export type ProcessEnd = {
  reason: string;
  isKilledByHost: boolean;
  /** False when one of several calls brought the process down, or none did: the same call may well succeed. */
  isLastCallToBlame: boolean;
};

/** The runtime's notice that a call hangs and the end of that call's connection come on ways of their own, in either order. */
const hangNoticeMs = 1_000;

export type AgentProcessParts = {
  child: ChildProcess;
  memoryMb: number;
  sockets: { agent: string; shim: string };
  log: AgentLog;
  /** Masks secrets and maps positions to the author's files; one for each stream. */
  clean(onLine: OnCleanLine): LineCleaner;
  release(): void;
};

export class AgentProcess {
  readonly pid: number;
  readonly agent: Pool;
  readonly shim: Pool;
  readonly memoryMb: number;
  readonly startedAt = Date.now();
  /** Resolves once, when the process is gone and its folder is removed. */
  readonly ended: Promise<ProcessEnd>;
  inFlight = 0;
  idleSince = Date.now();
  isStopping = false;
  /** A call was answered: whatever happens now, the agent can start and work. */
  hasServed = false;
  end: ProcessEnd | null = null;
  private killReason: string | null = null;
  private isCutShort = false;
  private callsWhenCut: number | null = null;
  private readonly output: OutputReader;
  private hungAt = Number.NEGATIVE_INFINITY;
  private onHang: (() => void)[] = [];
  private busySince = 0;
  private pastBusyMs = 0;
  private onIdle: (() => void) | null = null;
  private readonly child: ChildProcess;

  constructor(parts: AgentProcessParts) {
    this.child = parts.child;
    this.pid = parts.child.pid ?? 0;
    this.memoryMb = parts.memoryMb;
    this.agent = openPool(parts.sockets.agent);
    this.shim = openPool(parts.sockets.shim);
    const { stdout, stderr } = parts.child;
    this.output = readOutput({ stdout, stderr, log: parts.log, clean: parts.clean, onHang: () => this.noteHang(parts.log) });
    this.ended = new Promise((resolve) => {
      const finish = () => {
        if (this.end !== null) return;
        this.end = this.describeEnd();
        for (const pool of [this.agent, this.shim]) pool.destroy().catch(() => undefined);
        parts.release();
        resolve(this.end);
      };
      this.child.once("close", finish);
      this.child.on("error", finish);
    });
  }

  /** Standard error so far, cleaned: what a start failure is explained from. */
  get errors(): string {
    return this.output.errors;
  }

  /** No call may begin on it any more. */
  get isEnding(): boolean {
    return this.isStopping || this.killReason !== null;
  }

  /** Time during which there was a call, in ms. */
  get busyMs(): number {
    return this.pastBusyMs + (this.inFlight > 0 ? performance.now() - this.busySince : 0);
  }

  beginCall(): void {
    if (this.inFlight === 0) this.busySince = performance.now();
    this.inFlight += 1;
  }

  endCall(): void {
    this.inFlight -= 1;
    this.idleSince = Date.now();
    if (this.inFlight > 0) return;
    this.pastBusyMs += performance.now() - this.busySince;
    this.onIdle?.();
  }

  /** A call lost its connection: how many there were tells whether it alone can be to blame. */
  noteCut(): void {
    this.callsWhenCut ??= this.inFlight;
  }

  /** Resolves when the runtime says, or has just said, that a call can never finish. */
  untilHung(): Promise<void> {
    if (performance.now() - this.hungAt < hangNoticeMs) return Promise.resolve();
    return new Promise((resolve) => this.onHang.push(resolve));
  }

  private noteHang(log: AgentLog): void {
    this.hungAt = performance.now();
    for (const resolve of this.onHang.splice(0)) resolve();
    const words = "A call was ended: its handler waited for a promise that nothing was left to resolve.";
    if (log.admits(words)) log.write("host", words);
  }

  /** Ends it at once; every call in flight fails with `reason`. */
  kill(reason: string): void {
    this.killReason ??= reason;
    this.noteCut();
    this.child.kill("SIGKILL");
  }

  /** Its calls had their time: none of them is to blame for the stop. */
  cutShort(): void {
    this.isCutShort ||= this.killReason === null;
    this.kill("The process was stopped, and the call did not finish in time.");
  }

  /** Takes no new calls, lets those in flight finish, ends it after `drainMs` at the latest. */
  async stop(drainMs: number): Promise<void> {
    this.isStopping = true;
    if (this.inFlight > 0) await this.untilIdle(drainMs);
    if (this.inFlight > 0) this.cutShort();
    else this.child.kill("SIGTERM");
    const force = setTimeout(() => this.child.kill("SIGKILL"), Math.min(drainMs, 2_000));
    await this.ended;
    clearTimeout(force);
  }

  private untilIdle(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private describeEnd(): ProcessEnd {
    const isLonely = !this.isCutShort && (this.callsWhenCut ?? this.inFlight) <= 1;
    if (this.killReason !== null) return { reason: this.killReason, isKilledByHost: true, isLastCallToBlame: isLonely };
    if (this.output.isOutOfMemory) {
      const reason = `The agent used more than its ${this.memoryMb} MB of memory and was stopped.`;
      return { reason, isKilledByHost: false, isLastCallToBlame: isLonely };
    }
    return { reason: "The agent's process ended unexpectedly.", isKilledByHost: false, isLastCallToBlame: false };
  }
}

/** Unix sockets on this machine: no limit of connections, and no timeouts but those of calls. */
function openPool(socketPath: string): Pool {
  return new Pool("http://agent", {
    socketPath,
    connections: null,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 60_000,
  });
}
