// What workspaces spend today against what they usually do, by the estimated cost of their calls.
import { type Insertable, sql } from "kysely";
import type { Db } from "~/db/client";
import type { SpendAlertsTable } from "~/db/tables/spend-alerts";

export type UnusualSpendRow = { workspaceId: string; workspaceName: string; spentUsd: number; usualUsd: number };

type Limits = { from: Date; day: Date; usualDays: number; timesUsual: number; leastUsd: number; limit: number };

/** The dearest first; those that an alert was raised for today are left out. */
export async function listUnusualSpendAcrossWorkspaces(db: Db, limits: Limits): Promise<UnusualSpendRow[]> {
  const { rows } = await sql<UnusualSpendRow>`
    with spend as (
      select workspace_id,
        sum(cost_usd_estimated) filter (where hour >= ${limits.day}) as spent,
        coalesce(sum(cost_usd_estimated) filter (where hour < ${limits.day}), 0) / ${limits.usualDays}::int as usual
      from usage_hours where hour >= ${limits.from} group by workspace_id
    )
    select spend.workspace_id as "workspaceId", workspaces.name as "workspaceName", spent::float8 as "spentUsd", usual::float8 as "usualUsd"
    from spend join workspaces on workspaces.id = spend.workspace_id
    where spent >= ${limits.leastUsd}::float8 and spent > usual * ${limits.timesUsual}::float8
      and not exists (select from spend_alerts a where a.workspace_id = spend.workspace_id and a.day = (${limits.day}::timestamptz at time zone 'UTC')::date)
    order by spent desc limit ${limits.limit}`.execute(db);
  return rows;
}

export async function insertSpendAlertIfNoneAcrossWorkspaces(tx: Db, alert: Insertable<SpendAlertsTable>): Promise<boolean> {
  const result = await tx
    .insertInto("spendAlerts")
    .values(alert)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function deleteOldSpendAlertsAcrossWorkspaces(db: Db, before: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from spend_alerts where (workspace_id, day) in (
      select workspace_id, day from spend_alerts where created_at < ${before} limit ${limit})`.execute(db);
  return Number(numAffectedRows ?? 0);
}
