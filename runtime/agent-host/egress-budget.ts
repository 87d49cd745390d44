// How much of the way out one deployment may use: requests at a time, names looked up at a time, bytes a minute.

/** Said to the agent and written to its log: the same request may pass later. */
export class EgressLimited extends Error {}

export type EgressLimits = { requestsMax: number; lookupsMax: number; bytesPerMinuteMax: number };

export type EgressBudget = {
  /** Counts a request; the answer ends it, and may be called twice. Throws {@link EgressLimited}. */
  begin(): () => void;
  /** Counts bytes that went either way. False when the minute's are used up: what is under way is cut. */
  take(bytes: number): boolean;
  /** Runs `work` when fewer than `lookupsMax` run: all agents' names are looked up by the same few threads. */
  lookUp<T>(work: () => Promise<T>): Promise<T>;
};

const minuteMs = 60_000;
const bytesPerMb = 1_048_576;

export function createEgressBudget(limits: EgressLimits, now: () => number = Date.now): EgressBudget {
  let requests = 0;
  let lookups = 0;
  let minuteEndsAt = 0;
  let bytes = 0;
  const waiting: (() => void)[] = [];

  /** A minute begins with the first byte after the one before is over. */
  function hasBytes(): boolean {
    if (now() >= minuteEndsAt) {
      bytes = 0;
      minuteEndsAt = now() + minuteMs;
    }
    return bytes < limits.bytesPerMinuteMax;
  }

  return {
    begin() {
      if (!hasBytes()) {
        const mb = Math.round(limits.bytesPerMinuteMax / bytesPerMb);
        throw new EgressLimited(`An agent may move ${mb} MB a minute over the network, and this one has. Try again in a minute.`);
      }
      if (requests >= limits.requestsMax) {
        throw new EgressLimited(
          `An agent may make ${limits.requestsMax} requests at a time. Await some before you begin others.`,
        );
      }
      requests += 1;
      let isOpen = true;
      return () => {
        if (isOpen) requests -= 1;
        isOpen = false;
      };
    },
    take(count) {
      const isLeft = hasBytes();
      bytes += count;
      return isLeft;
    },
    async lookUp(work) {
      // The turn is handed over with the slot, so that nobody slips in between.
      if (lookups >= limits.lookupsMax) await new Promise<void>((resolve) => waiting.push(resolve));
      else lookups += 1;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) lookups -= 1;
        else next();
      }
    },
  };
}
