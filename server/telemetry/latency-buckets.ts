// The fixed buckets in which latencies are counted: the same everywhere, so that counts of any two rows can be added.

/**
 * Upper ends in milliseconds, eight to the doubling: a percentile read from them is at most 5 % off, and exact up to 12 ms.
 * The last bucket, without an end, holds what took longer than 17 minutes. Migration 0024 holds the same in PostgreSQL.
 */
export const latencyBoundsMs: readonly number[] = [
  ...new Set(Array.from({ length: 161 }, (_, step) => Math.round(2 ** (step / 8)))),
];

/** The bucket of a latency: the first whose upper end it does not exceed. */
export function latencyBucketOf(ms: number): number {
  const place = latencyBoundsMs.findIndex((bound) => ms <= bound);
  return place === -1 ? latencyBoundsMs.length : place;
}

/** The middle of a bucket, for percentiles: all that is known of a latency that was counted in it. */
export function msOfBucket(bucket: number): number {
  const low = (latencyBoundsMs[bucket - 1] ?? 0) + 1;
  const high = latencyBoundsMs[bucket];
  return high === undefined ? low : Math.round((low + high) / 2);
}
