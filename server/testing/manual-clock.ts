// A clock that stands still until a test moves it.
import type { Clock } from "~/server/clock";

export type ManualClock = Clock & {
  /** Moves time forward. */
  advance(ms: number): void;
  set(date: Date): void;
};

/** Begins at the given moment, or at the real one (so that PostgreSQL's own now() is near). */
export function createManualClock(start = new Date()): ManualClock {
  let nowMs = start.getTime();
  return {
    now: () => new Date(nowMs),
    advance: (ms) => {
      nowMs += ms;
    },
    set: (date) => {
      nowMs = date.getTime();
    },
  };
}
