// A call that was made up while its gateway was taken for dead does not count any more once the gateway wrote it down after all.
import { type Kysely, sql } from "kysely";

/**
 * Only such rows, and only as long as they can be replaced: whatever else is deleted ran out of its retention, and its sums stay.
 * The lock is the one that those take who count (`0024-usage-grains.ts`).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const steps = ["minute", "hour", "day"].map((step) => uncountStep(`usage_${step}s`, step)).join(";\n");
  await sql`
    create function uncount_calls() returns trigger language plpgsql set search_path = public as $$
      begin
        if not exists (select from gone where is_recovered and started_at > now() - interval '7 days') then return null; end if;
        perform pg_advisory_xact_lock(key) from (
          select distinct hashtextextended(deployment_id, 20) as key from gone where is_recovered order by key
        ) as keys;
        ${sql.raw(steps)};
        return null;
      end
    $$`.execute(db);
  await sql`
    create trigger invocations_uncounted after delete on invocations
      referencing old table as gone for each statement execute function uncount_calls()`.execute(db);
}

function uncountStep(table: string, step: string): string {
  return `
    update ${table} as sums set
      calls = greatest(0, sums.calls - taken.calls), failed_calls = greatest(0, sums.failed_calls - taken.failed),
      call_ms = greatest(0, sums.call_ms - taken.ms), latency_counts = add_counts(sums.latency_counts, taken.counts)
    from (
      select workspace_id, deployment_id, at, sum(calls) as calls, sum(failed) as failed, sum(ms) as ms,
        counts_of(bucket, -calls::bigint) as counts
      from (
        select workspace_id, deployment_id, date_trunc('${step}', started_at, 'UTC') as at, latency_bucket(compute_ms) as bucket,
          count(*) as calls, count(*) filter (where outcome = 'error') as failed, sum(compute_ms) as ms
        from gone where is_recovered and started_at > now() - interval '7 days' group by 1, 2, 3, 4
      ) as counted group by 1, 2, 3
    ) as taken
    where sums.workspace_id = taken.workspace_id and sums.deployment_id = taken.deployment_id and sums.${step} = taken.at`;
}
