// Watches one process: ends it when its event loop is blocked or its memory runs over, because workerd itself does neither.
import type { AgentProcess } from "./agent-process";
import { privateMemoryMb, processorMs } from "./process-usage";

const beatMs = 500;

/** A process without calls is looked at this many beats apart, so that idle agents cost next to nothing. */
const idleBeats = 10;

/** What a process needs besides the agent's own memory. */
const overheadMb = 64;

/** Of `hangMs`, how much must have been spent computing; else the machine was busy, not the agent. */
const busyShare = 0.5;
const patience = 10;

/** Stops watching by itself when the process ends. `hangMs`: longest that the event loop may stand still. */
export function watchProcess(process: AgentProcess, hangMs: number): void {
  let answeredAt = Date.now();
  let processorAtAnswer = processorMs(process.pid) ?? 0;
  let isAsking = false;

  function noteAlive(): void {
    answeredAt = Date.now();
    processorAtAnswer = processorMs(process.pid) ?? 0;
  }

  function ask(): void {
    isAsking = true;
    process.shim
      .request({ method: "GET", path: "/" })
      .then((answer) => answer.body.dump())
      .then(noteAlive, () => undefined)
      .finally(() => {
        isAsking = false;
      });
  }

  function isBlocked(): boolean {
    const silentMs = Date.now() - answeredAt;
    if (silentMs < hangMs) return false;
    const spentMs = processorMs(process.pid);
    return spentMs === null || spentMs - processorAtAnswer >= hangMs * busyShare || silentMs >= hangMs * patience;
  }

  let beats = 0;
  const timer = setInterval(() => {
    beats += 1;
    if (process.inFlight === 0 && !isAsking && beats % idleBeats !== 0) {
      return noteAlive();
    }
    const memoryMb = privateMemoryMb(process.pid);
    if (memoryMb !== null && memoryMb > process.memoryMb + overheadMb) {
      process.kill(`The agent used more than its ${process.memoryMb} MB of memory and was stopped.`);
    } else if (isBlocked()) {
      process.kill(`The agent computed for more than ${hangMs / 1_000} s without a pause and was stopped.`);
    } else if (!isAsking) {
      ask();
    }
  }, beatMs);
  timer.unref();
  void process.ended.then(() => clearInterval(timer));
}
