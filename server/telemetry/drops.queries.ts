// Deployments that lose telemetry: who they are, whom to tell, and that it was told.
import { type Insertable, sql } from "kysely";
import type { Db } from "~/db/client";
import type { DropAlertsTable } from "~/db/tables/drop-alerts";

export type DroppingDeployment = {
  workspaceId: string;
  workspaceName: string;
  agentId: string;
  agentName: string;
  deploymentId: string;
  version: number;
  expectedEvents: number;
  receivedEvents: number;
};

export type DropLimits = { from: Date; to: Date; day: string; leastMissing: number; leastShare: number; limit: number };

/** By workspace; those that an alert was raised for on this day are left out. */
export async function listDroppingDeploymentsAcrossWorkspaces(db: Db, limits: DropLimits): Promise<DroppingDeployment[]> {
  const { rows } = await sql<DroppingDeployment>`
    with sums as (
      select workspace_id, agent_id, deployment_id, sum(calls - unreached_calls) as expected_events, sum(events) as received_events
      from usage_hours where hour >= ${limits.from} and hour < ${limits.to} group by 1, 2, 3
    )
    select sums.*, workspaces.name as workspace_name, agents.name as agent_name, deployments.version
    from sums join deployments on deployments.id = sums.deployment_id and deployments.workspace_id = sums.workspace_id
    join agents on agents.id = sums.agent_id and agents.deleted_at is null
    join workspaces on workspaces.id = sums.workspace_id and workspaces.disabled_at is null
    where expected_events - received_events >= ${limits.leastMissing}::int
      and expected_events - received_events >= expected_events * ${limits.leastShare}::float8
      and not exists (select from drop_alerts a where a.deployment_id = sums.deployment_id and a.day = ${limits.day}::date)
    order by sums.workspace_id, expected_events - received_events desc, sums.deployment_id limit ${limits.limit}`.execute(db);
  return rows;
}

/** Of racing sweeps exactly one raises it, and writes the letters in the same transaction. */
export async function insertDropAlertIfNoneAcrossWorkspaces(tx: Db, alert: Insertable<DropAlertsTable>): Promise<boolean> {
  const result = await tx
    .insertInto("dropAlerts")
    .values(alert)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Owners and admins; nobody whose account is disabled, and nobody at all where the workspace wants no such letters. */
export function listKeepersAcrossWorkspaces(db: Db, workspaceId: string, limit: number) {
  return db
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.userId")
    .select(["users.email", "users.displayName"])
    .where("memberships.workspaceId", "=", workspaceId)
    .where("memberships.role", "in", ["owner", "admin"])
    .where("users.disabledAt", "is", null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("alertSettings")
            .select("rule")
            .whereRef("alertSettings.workspaceId", "=", "memberships.workspaceId")
            .where("rule", "=", "telemetry_dropped")
            .where("byMail", "=", false),
        ),
      ),
    )
    .orderBy("users.id")
    .limit(limit)
    .execute();
}
