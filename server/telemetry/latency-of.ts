// Percentiles as people read them, from the buckets in which they lie.
import { msOfBucket } from "./latency-buckets";
import type { LatencySummary } from "./usage.contract";
import type { LatencyRow } from "./usage.queries";

/** Nulls without calls. */
export function latencyOf(row: LatencyRow | undefined): LatencySummary {
  if (!row) return { p50Ms: null, p95Ms: null, p99Ms: null };
  return { p50Ms: msOfBucket(row.p50), p95Ms: msOfBucket(row.p95), p99Ms: msOfBucket(row.p99) };
}
