// The doorbell: a typed ring with ids as payload. The row is the truth, so a lost ring is healed by a sweep.

/** A job as its feature promises it in `<feature>.jobs.ts`: a name and the shape of its payload (ids only). */
export type JobContract<Name extends string, Payload extends Record<string, string>> = {
  readonly name: Name;
  /** Rings with the same key collapse into one while it waits. Contains neither `:` nor only digits. */
  readonly keyOf: (payload: Payload) => string;
  readonly attempts: number;
};

export function defineJob<Name extends string, Payload extends Record<string, string>>(
  contract: JobContract<Name, Payload>,
): JobContract<Name, Payload> {
  return contract;
}

export interface Queue {
  /**
   * Rings for a job. Never rejects: with Redis away the ring is lost and logged, and the sweep that reads the rows heals it.
   */
  ring<Name extends string, Payload extends Record<string, string>>(
    job: JobContract<Name, Payload>,
    payload: Payload,
  ): Promise<void>;
  close(): Promise<void>;
}
