// Alerts about runtimes, for operators and for the workspaces whose agents live there.
import type { Insertable } from "kysely";
import type { Db } from "~/db/client";
import type { RuntimeAlertsTable } from "~/db/tables/alerts";
import type { Runtime } from "~/db/tables/deployments";

export function listStandingRuntimeAlertsAcrossWorkspaces(db: Db) {
  return db
    .selectFrom("runtimeAlerts")
    .select(["id", "runtime", "kind", "raisedAt"])
    .where("resolvedAt", "is", null)
    .limit(10)
    .execute();
}

export async function insertRuntimeAlertIfNoneAcrossWorkspaces(tx: Db, alert: Insertable<RuntimeAlertsTable>): Promise<boolean> {
  const result = await tx
    .insertInto("runtimeAlerts")
    .values(alert)
    .onConflict((conflict) => conflict.column("runtime").where("resolvedAt", "is", null).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function setRuntimeAlertResolvedIfStandingAcrossWorkspaces(tx: Db, alertId: string, at: Date): Promise<boolean> {
  const done = await tx
    .updateTable("runtimeAlerts")
    .set({ resolvedAt: at })
    .where("id", "=", alertId)
    .where("resolvedAt", "is", null)
    .returning("id")
    .executeTakeFirst();
  return done !== undefined;
}

/** Runtimes that live versions of agents are on. */
export function listRuntimesInUseAcrossWorkspaces(db: Db) {
  return db
    .selectFrom("agents")
    .innerJoin("deployments", (join) =>
      join.onRef("deployments.id", "=", "agents.activeDeploymentId").onRef("deployments.workspaceId", "=", "agents.workspaceId"),
    )
    .select("deployments.runtime")
    .distinct()
    .where("agents.deletedAt", "is", null)
    .limit(10)
    .execute();
}

/** Workspaces with a live version there. */
export function listWorkspacesOnRuntimeAcrossWorkspaces(db: Db, runtime: Runtime, limit: number) {
  return db
    .selectFrom("agents")
    .innerJoin("deployments", (join) =>
      join.onRef("deployments.id", "=", "agents.activeDeploymentId").onRef("deployments.workspaceId", "=", "agents.workspaceId"),
    )
    .innerJoin("webhookEndpoints", "webhookEndpoints.workspaceId", "agents.workspaceId")
    .select("agents.workspaceId")
    .distinct()
    .where("deployments.runtime", "=", runtime)
    .where("agents.deletedAt", "is", null)
    .where("webhookEndpoints.disabledAt", "is", null)
    .orderBy("agents.workspaceId")
    .limit(limit)
    .execute();
}

/** Operators who may be written to: those marked so, and those that the configuration names. */
export function listOperatorsAcrossWorkspaces(db: Db, asked: { emails: string[]; limit: number }) {
  return db
    .selectFrom("users")
    .select(["email", "displayName"])
    .where(({ eb, or, and }) =>
      or([eb("isSuperAdmin", "=", true), and([eb("email", "in", asked.emails), eb("emailVerifiedAt", "is not", null)])]),
    )
    .where("disabledAt", "is", null)
    .orderBy("id")
    .limit(asked.limit)
    .execute();
}
