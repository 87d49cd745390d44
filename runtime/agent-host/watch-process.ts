// Watches one process: ends it when its event loop is blocked or its memory runs over, because workerd itself does neither.
import type { AgentProcess } from "./agent-process";
import { mainThreadMs, privateMemoryMb, processorMs } from "./process-usage";

const beatMs = 500;

/** A process without calls is looked at this many beats apart, so that idle agents cost next to nothing. */
const idleBeats = 10;

/** What a process needs besides the agent's own memory. */
const overheadMb = 64;

/** Of `hangMs`, how much must have been spent computing; else the machine was busy, not the agent. */
const busyShare = 0.5;
const patience = 10;

/** How much of the time may be spent computing outside of calls for ever: tidying up after them, signing, answering heartbeats. */
const backgroundShare = 0.05;

/**
 * What it computes outside of calls is on nobody's bill: a promise that it keeps open lets it go on after it answered. More than
 * `mostMs` at a stretch is not tidying up any more.
 */
function createBackgroundMeter(process: AgentProcess, mostMs: number): () => boolean {
  let last = { at: performance.now(), spentMs: mainThreadMs(process.pid) ?? 0, busyMs: process.busyMs };
  let backgroundMs = 0;
  return () => {
    const now = { at: performance.now(), spentMs: mainThreadMs(process.pid) ?? last.spentMs, busyMs: process.busyMs };
    const outsideMs = Math.max(0, now.spentMs - last.spentMs - (now.busyMs - last.busyMs));
    backgroundMs = Math.max(0, backgroundMs + outsideMs - (now.at - last.at) * backgroundShare);
    last = now;
    return backgroundMs > mostMs;
  };
}

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

  const computesInBackground = createBackgroundMeter(process, hangMs);
  let beats = 0;
  const timer = setInterval(() => {
    beats += 1;
    if (computesInBackground()) {
      return process.kill(
        `The agent went on computing for more than ${hangMs / 1_000} s after its answers and was stopped. Finish the work before you answer.`,
      );
    }
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
