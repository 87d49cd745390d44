// What ends the calls of one version in this process at once: one signal for all of them, kept for as long as there are any.

export type Stoppers = {
  /** Each `enter` is followed by one `leave`. */
  enter(deploymentId: string): { signal: AbortSignal; leave(): void };
  stop(deploymentId: string, reason: Error): void;
  readonly size: number;
};

export function createStoppers(): Stoppers {
  const entries = new Map<string, { controller: AbortController; calls: number }>();
  return {
    get size() {
      return entries.size;
    },
    enter(deploymentId) {
      const entry = entries.get(deploymentId) ?? { controller: new AbortController(), calls: 0 };
      entries.set(deploymentId, entry);
      entry.calls += 1;
      let isIn = true;
      return {
        signal: entry.controller.signal,
        leave() {
          if (isIn) entry.calls -= 1;
          isIn = false;
          // After a stop the next call has begun an entry of its own.
          if (entry.calls === 0 && entries.get(deploymentId) === entry) entries.delete(deploymentId);
        },
      };
    },
    stop(deploymentId, reason) {
      const entry = entries.get(deploymentId);
      entries.delete(deploymentId);
      entry?.controller.abort(reason);
    },
  };
}
