// Watches the disk under one process: the session store refuses writes when it is full, but opening a session makes a file before anybody asks.
import type { AgentProcess } from "./agent-process";
import { measureState } from "./state-usage";

export type StateWatch = { path: string; bytesMax: number; everyMs: number; onOverfull(): void };

/** What may lie there above the limit before the process is ended: files that stay open for a while, and empty ones. */
const slackShare = 0.25;

/** A measurement that takes long is made less often, so that it never costs more than this share of the time. */
const timeShareMax = 0.1;

/** Stops by itself when the process ends. A process that already begins above the limit may stay there, so that its agent can delete. */
export function watchState(process: AgentProcess, { path, bytesMax, everyMs, onOverfull }: StateWatch): void {
  let most: number | null = null;
  let seenAt = process.idleSince;
  let timer = setTimeout(look, everyMs).unref();
  void process.ended.then(() => clearTimeout(timer));

  function look(): void {
    const isIdle = process.inFlight === 0 && process.idleSince === seenAt;
    seenAt = process.idleSince;
    // Without a next look when the folder is gone: it goes with its deployment.
    (isIdle ? Promise.resolve(everyMs) : measured()).then(again, () => undefined);
  }

  async function measured(): Promise<number> {
    const began = performance.now();
    const bytes = await measureState(path, most ?? undefined);
    most ??= Math.max(bytesMax, bytes) + bytesMax * slackShare;
    if (bytes > most) {
      onOverfull();
      process.kill("The agent opened so many sessions that their disk is full, and was stopped.");
    }
    return Math.max(everyMs, (performance.now() - began) / timeShareMax);
  }

  function again(afterMs: number): void {
    if (process.end === null) timer = setTimeout(look, afterMs).unref();
  }
}
