// Ends one process: a polite signal, time to finish, then force.
import { setTimeout as pause } from "node:timers/promises";
import { isRunning, type ProcessMark } from "./process-mark";

/** Resolves when the process is gone. Answers whether it went by itself; after `graceMs` it is killed. */
export async function stopProcess(mark: ProcessMark, options: { signal: NodeJS.Signals; graceMs: number }): Promise<boolean> {
  signalTo(mark, options.signal);
  if (await isGoneWithin(mark, options.graceMs)) return true;
  signalTo(mark, "SIGKILL");
  await isGoneWithin(mark, 5_000);
  return false;
}

/** Whether the process is gone before `ms` have passed. */
export async function isGoneWithin(mark: ProcessMark, ms: number): Promise<boolean> {
  const end = Date.now() + ms;
  while (isRunning(mark)) {
    if (Date.now() > end) return false;
    await pause(10);
  }
  return true;
}

function signalTo(mark: ProcessMark, signal: NodeJS.Signals): void {
  if (!isRunning(mark)) return;
  try {
    process.kill(mark.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
