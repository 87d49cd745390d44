// A queue that only remembers who rang: tests run the job's verb themselves, when they want.
import type { JobContract, Queue } from "~/server/queue/queue";

export type Ring = { name: string; key: string; payload: Record<string, string> };

export type RecordingQueue = Queue & {
  /** Every ring so far, oldest first. Empty it with `rung.length = 0`. */
  rung: Ring[];
};

export function createRecordingQueue(): RecordingQueue {
  const rung: Ring[] = [];
  return {
    rung,
    async ring<Name extends string, Payload extends Record<string, string>>(job: JobContract<Name, Payload>, payload: Payload) {
      rung.push({ name: job.name, key: job.keyOf(payload), payload });
    },
    close: async () => {},
  };
}
