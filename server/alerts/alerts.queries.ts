// What a workspace wants to be told of, and what was raised for it.
import type { Insertable } from "kysely";
import type { AlertSettingsTable } from "~/db/tables/alerts";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";

export function listSettings(tx: Tx, scope: WorkspaceScope, limit: number) {
  return tx
    .selectFrom("alertSettings")
    .select(["rule", "byMail", "thresholdPercent", "callsMin"])
    .where("workspaceId", "=", scope.workspaceId)
    .limit(limit)
    .execute();
}

export async function upsertSetting(
  tx: Tx,
  scope: WorkspaceScope,
  setting: Omit<Insertable<AlertSettingsTable>, "workspaceId">,
): Promise<void> {
  const { rule: _rule, ...change } = setting;
  await tx
    .insertInto("alertSettings")
    .values({ ...setting, workspaceId: scope.workspaceId })
    .onConflict((conflict) => conflict.columns(["workspaceId", "rule"]).doUpdateSet(change))
    .execute();
}

/** What stands, then the newest of what is over. */
export function listAlerts(tx: Tx, scope: WorkspaceScope, limit: number) {
  return tx
    .selectFrom("alerts")
    .innerJoin("agents", (join) =>
      join.onRef("agents.id", "=", "alerts.agentId").onRef("agents.workspaceId", "=", "alerts.workspaceId"),
    )
    .select(["alerts.id as alertId", "rule", "alerts.agentId", "agents.name as agentName", "facts", "raisedAt", "resolvedAt"])
    .where("alerts.workspaceId", "=", scope.workspaceId)
    .orderBy((row) => row("resolvedAt", "is not", null))
    .orderBy("alerts.id", "desc")
    .limit(limit)
    .execute();
}
