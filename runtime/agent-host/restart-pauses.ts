// How long a deployment that fails to start is left alone: once it may try again at once, then the pauses double.
import type { HostError } from "./host-error";

export type RestartPauses = {
  noteFailure(error: HostError): void;
  /** It works: the next failure is a first one again. */
  forget(): void;
  /** Somebody asks for it expressly: the next start does not wait. */
  skip(): void;
  /** Why it may not be started now; null when it may. */
  reason(): HostError | null;
};

const pauseMsMin = 1_000;
const pauseMsMax = 60_000;

export function createRestartPauses(now: () => number = Date.now): RestartPauses {
  let failures = 0;
  let last: HostError | null = null;
  let retryAt = 0;
  return {
    noteFailure(error) {
      failures += 1;
      last = error;
      retryAt = now() + (failures === 1 ? 0 : Math.min(pauseMsMax, pauseMsMin * 2 ** (failures - 2)));
    },
    forget() {
      failures = 0;
    },
    skip() {
      retryAt = 0;
    },
    reason: () => (now() < retryAt ? last : null),
  };
}
