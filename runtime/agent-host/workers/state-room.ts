// How much disk is left for the sessions of one agent: measured by the host, counted down here, measured again when it seems used up.
import type { StateUsage } from "~/runtime/agent-host/state-usage";

/** The host's door for our own workers; the agent has no binding to it. */
export type HostDoor = { fetch(url: string, init?: RequestInit): Promise<Response> };

export type StateRoom = {
  /** Takes `bytes`. Rejects with a RangeError that says how to get room, when there is not so much. */
  reserve(bytes: number, host: HostDoor): Promise<void>;
};

/** What was measured full stays so for a while; deleting takes a moment, and asking costs the host. */
const fullForMs = 1_000;
const bytesPerMb = 1_048_576;

export function createStateRoom(now: () => number = Date.now): StateRoom {
  let usage: StateUsage = { usedBytes: 0, maxBytes: 0 };
  let left = 0;
  let measuredAt = Number.NEGATIVE_INFINITY;
  let measuring: Promise<void> | null = null;

  async function measure(host: HostDoor): Promise<void> {
    const answer = await host.fetch("http://agent-host/state");
    usage = await answer.json();
    left = roomOf(usage);
    measuredAt = now();
  }

  return {
    async reserve(bytes, host) {
      const isKnownFull = bytes > roomOf(usage) && now() - measuredAt < fullForMs;
      if (bytes > left && !isKnownFull) {
        measuring ??= measure(host).finally(() => {
          measuring = null;
        });
        await measuring;
      }
      if (bytes > left) throw new RangeError(describeFull(usage));
      left -= bytes;
    },
  };
}

function roomOf({ usedBytes, maxBytes }: StateUsage): number {
  return maxBytes - usedBytes;
}

function describeFull({ usedBytes, maxBytes }: StateUsage): string {
  const [used, max] = [Math.ceil(usedBytes / bytesPerMb), Math.floor(maxBytes / bytesPerMb)];
  return `The sessions of this agent take ${used} MB of disk, of ${max} MB that they may have together. Delete what is not needed any more: a session gives its space back with its last key.`;
}
