// Percentiles from merged buckets are those of the raw latencies within a bucket's width, however the calls were spread over rows.
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent } from "~/server/testing/live-agent";
import { recordCalls } from "~/server/testing/record-calls";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { latencyBoundsMs, latencyBucketOf, msOfBucket } from "./latency-buckets";
import { readUsageSeries } from "./read-usage-series";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices({ now: new Date("2026-11-22T10:20:00Z") });
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

const shares = { p50Ms: 0.5, p95Ms: 0.95, p99Ms: 0.99 } as const;
const anyMs = fc.oneof(
  fc.integer({ min: 0, max: 50 }),
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 0, max: 1_048_576 }),
);

/** As `percentile_disc` does it. */
function exactPercentile(values: number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}

it("the middle of a bucket is at most 5 % or a millisecond away from whatever was counted in it", () => {
  fc.assert(
    fc.property(anyMs, (ms) => {
      expect(Math.abs(msOfBucket(latencyBucketOf(ms)) - ms)).toBeLessThanOrEqual(Math.max(1, ms * 0.05));
    }),
    { numRuns: 2_000 },
  );
});

it("PostgreSQL and the program count every latency in the same bucket", async () => {
  const edges = latencyBoundsMs.flatMap((bound) => [bound - 1, bound, bound + 1]);
  const values = [0, ...edges, 2_000_000, 2_147_483_647];
  const { rows } = await sql<{ ms: number; bucket: number }>`
    select ms, latency_bucket(ms) as bucket from unnest(${values}::bigint[]) as ms`.execute(services.owner);
  expect(rows.map(({ bucket }) => bucket)).toEqual(values.map(latencyBucketOf));
});

it("counts of two rows add up whatever their lengths, in any order", async () => {
  const counts = fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(counts, counts, async (one, other) => {
      const { rows } = await sql<{ sum: string[]; reversed: string[] }>`
        select add_counts(${one}::bigint[], ${other}::bigint[]) as sum, add_counts(${other}::bigint[], ${one}::bigint[]) as reversed`.execute(
        services.owner,
      );
      const sum = Array.from({ length: Math.max(one.length, other.length) }, (_, at) => (one[at] ?? 0) + (other[at] ?? 0));
      expect([rows[0]?.sum.map(Number), rows[0]?.reversed.map(Number)]).toEqual([sum, sum]);
    }),
    { numRuns: 50 },
  );
});

it("at every zoom the percentiles are those of the raw calls within a bucket", async () => {
  const tenant = await createTestTenant(services);
  const agent = await createLiveAgent(services, tenant, null);
  const nowMs = services.clock.now().getTime();
  const called = fc.record({ ms: anyMs, minutesAgo: fc.integer({ min: 0, max: 59 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(called, { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 5 }),
      async (calls, writes) => {
        await sql`delete from invocations`.execute(services.owner);
        await sql`delete from usage_minutes`.execute(services.owner);
        await sql`delete from usage_hours`.execute(services.owner);
        await sql`delete from usage_days`.execute(services.owner);
        for (let write = 0; write < writes; write += 1) {
          const part = calls.filter((_, place) => place % writes === write);
          if (part.length > 0)
            await recordCalls(
              services,
              agent,
              part.map(({ ms, minutesAgo }) => ({ ms, at: new Date(nowMs - minutesAgo * 60_000) })),
            );
        }
        const values = calls.map(({ ms }) => ms);
        for (const zoom of [
          { hours: 1, grain: "minute" },
          { hours: 2, grain: "hour" },
          { hours: 24, grain: "day" },
        ] as const) {
          const { latency, hours } = await readUsageSeries(services, tenant.scope, zoom);
          for (const [name, share] of Object.entries(shares) as [keyof typeof shares, number][]) {
            expect(latency[name], `${name} by the ${zoom.grain}`).toBe(
              msOfBucket(latencyBucketOf(exactPercentile(values, share))),
            );
          }
          expect(hours.reduce((sum, step) => sum + step.expectedEvents, 0)).toBe(calls.length);
        }
      },
    ),
    { numRuns: 15 },
  );
});
