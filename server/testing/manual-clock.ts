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

/** The real moment, or some hours before it in the last hours of a month: for tests that move the clock within one period of a budget. */
export function wellWithinMonth(now = new Date(), hours = 6): Date {
  const [before, after] = [-hours, hours].map((count) => new Date(now.getTime() + count * 3_600_000)) as [Date, Date];
  return after.getUTCMonth() === now.getUTCMonth() ? now : before;
}
