// Many raw events at once, made inside PostgreSQL, for measuring what many rows cost.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { CampaignSource } from "./telemetry-senders";

/** So that no statement takes longer than a busy machine grants it. */
const rowsPerStatement = 250_000;

/** Spread evenly over a span of time, in the partitions of their days. Counts differ from row to row. */
export async function growEvents(
  owner: Db,
  source: CampaignSource,
  what: { count: number; from: Date; to: Date; prefix: string },
): Promise<void> {
  for (let day = what.from.getTime(); day < what.to.getTime() + 86_400_000; day += 86_400_000) {
    await sql`select ensure_telemetry_partition('d30', ${new Date(day).toISOString().slice(0, 10)}::date)`.execute(owner);
  }
  const stepMs = (what.to.getTime() - what.from.getTime()) / what.count;
  for (let from = 0; from < what.count; from += rowsPerStatement) {
    const to = Math.min(from + rowsPerStatement, what.count) - 1;
    await sql`
    insert into telemetry_events (retention_class, occurred_at, deployment_id, event_id, workspace_id, agent_id, user_id,
      runtime_provider, requests, llm_tokens, compute_ms, tool_calls, errors, error_class, cost_usd_estimated, trace_id)
    select 'd30', ${what.from}::timestamptz + n * ${stepMs}::float8 * interval '1 millisecond', ${source.deploymentId},
      ${what.prefix} || n, ${source.workspaceId}, ${source.agentId}, ${source.ownerUserId}, 'embedded', 1, n % 1000, n % 700, n % 3,
      (n % 50 = 0)::int, null, (n % 1000) * 0.000002, ${what.prefix} || n
    from generate_series(${from}::int, ${to}::int) as n`.execute(owner);
  }
}
