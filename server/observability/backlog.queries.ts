// What of the whole installation waits, and since when; and how runtimes are. Sums only, of no tenant.
import { sql } from "kysely";
import type { Db } from "~/db/client";

export type Backlog = { kind: string; waiting: number; oldestSeconds: number };

export async function countBacklogAcrossWorkspaces(db: Db, now: Date): Promise<Backlog[]> {
  const { rows } = await sql<Backlog>`
    select kind, waiting::float8 as waiting, coalesce(greatest(0, extract(epoch from ${now}::timestamptz - oldest)), 0)::float8 as oldest_seconds
    from (
      select 'deployments' as kind, count(*) as waiting, min(created_at) as oldest from deployments where status = 'queued'
      union all select 'mails', count(*), min(created_at) from outbox_mails where status = 'queued'
      union all select 'webhooks', count(*), min(created_at) from webhook_deliveries where status = 'queued'
    ) waits`.execute(db);
  return rows;
}

export function listRuntimeStatusesAcrossWorkspaces(db: Db) {
  return db.selectFrom("runtimeChecks").select(["runtime", "status"]).limit(10).execute();
}
