// A bell for whoever waits for rows to move: a ring that comes while nobody waits is remembered, so that none falls between reading and waiting.
export type Bell = {
  ring(): void;
  /** Until it rings, `timeoutMs` have passed or `signal` is aborted. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<void>;
  /** Whatever rings: until the time has passed or `signal` is aborted. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
};

export function createBell(): Bell {
  let hasRung = false;
  let wake: (() => void) | null = null;
  return {
    ring: () => {
      hasRung = true;
      wake?.();
    },
    wait: (timeoutMs, signal) =>
      new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          [hasRung, wake] = [false, null];
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        signal.addEventListener("abort", done, { once: true });
        wake = done;
        if (hasRung || signal.aborted) done();
      }),
    pause: (ms, signal) =>
      new Promise<void>((resolve) => {
        if (signal.aborted) return resolve();
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener("abort", done, { once: true });
      }),
  };
}
