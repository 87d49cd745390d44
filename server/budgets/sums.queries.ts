// Budgets looked at from the side: recounted from the calls themselves, held against their caps, and read by the workspace.
import { type Insertable, type Selectable, sql } from "kysely";
import type { Db } from "~/db/client";
import type { BudgetRecountsTable } from "~/db/tables/budget-recounts";
import type { BudgetAlertsTable, BudgetPeriodsTable, BudgetSettingsTable } from "~/db/tables/budgets";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { PeriodKey } from "./budgets.queries";

export type PeriodRow = Selectable<BudgetPeriodsTable>;

/** Periods that calls were made in since then; those not touched for longest first. */
export function listTouchedPeriodsAcrossWorkspaces(db: Db, since: Date, limit: number): Promise<PeriodRow[]> {
  return db.selectFrom("budgetPeriods").selectAll().where("touchedAt", ">=", since).orderBy("touchedAt").limit(limit).execute();
}

export type Sums = { requests: number; computeMs: number; tokens: number };

/** From the rows of calls; every settled call has one. Ask it under the lock of the period. */
export async function recountPeriodAcrossWorkspaces(tx: Tx, { workspaceId, periodFrom, periodTo }: PeriodRow): Promise<Sums> {
  const { rows } = await sql<Sums>`
    select count(*)::float8 as requests, coalesce(sum(compute_ms), 0)::float8 as "computeMs", coalesce(sum(tokens), 0)::float8 as tokens
    from invocations where workspace_id = ${workspaceId} and started_at >= ${periodFrom} and started_at < ${periodTo}`.execute(
    tx,
  );
  return rows[0] ?? { requests: 0, computeMs: 0, tokens: 0 };
}

export function findPeriodAcrossWorkspaces(db: Db, { workspaceId, periodFrom }: PeriodKey): Promise<PeriodRow | undefined> {
  return db
    .selectFrom("budgetPeriods")
    .selectAll()
    .where("workspaceId", "=", workspaceId)
    .where("periodFrom", "=", periodFrom)
    .executeTakeFirst();
}

export async function setSpentAcrossWorkspaces(tx: Tx, { workspaceId, periodFrom }: PeriodKey, sums: Sums): Promise<void> {
  await tx
    .updateTable("budgetPeriods")
    .set({ requestsSpent: sums.requests, computeMsSpent: sums.computeMs, tokensSpent: sums.tokens })
    .where("workspaceId", "=", workspaceId)
    .where("periodFrom", "=", periodFrom)
    .execute();
}

export async function insertRecountAcrossWorkspaces(db: Db, row: Insertable<BudgetRecountsTable>): Promise<void> {
  await db.insertInto("budgetRecounts").values(row).execute();
}

/** So that reports do not grow for ever. */
export async function deleteOldRecountsAcrossWorkspaces(db: Db, before: Date, limit: number): Promise<void> {
  await db
    .deleteFrom("budgetRecounts")
    .where("id", "in", (query) => query.selectFrom("budgetRecounts").select("id").where("finishedAt", "<", before).limit(limit))
    .execute();
}

/** True: nobody had been told yet. */
export async function insertAlertIfNoneAcrossWorkspaces(tx: Tx, alert: Insertable<BudgetAlertsTable>): Promise<boolean> {
  const result = await tx
    .insertInto("budgetAlerts")
    .values(alert)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Whom a budget concerns: owners that may be written to. */
export function listOwnersAcrossWorkspaces(db: Db, workspaceId: string, limit: number) {
  return db
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.userId")
    .innerJoin("workspaces", "workspaces.id", "memberships.workspaceId")
    .select(["users.email", "users.displayName", "workspaces.name as workspaceName"])
    .where("memberships.workspaceId", "=", workspaceId)
    .where("memberships.role", "=", "owner")
    .where("users.emailVerifiedAt", "is not", null)
    .where("users.disabledAt", "is", null)
    .orderBy("memberships.createdAt")
    .limit(limit)
    .execute();
}

export function findSettingsAcrossWorkspaces(db: Db, workspaceId: string) {
  return db.selectFrom("budgetSettings").select("atCap").where("workspaceId", "=", workspaceId).executeTakeFirst();
}

/** Milliseconds that a call of the workspace's agents sets aside at least, as their manifests say it; null when none says it. */
export async function findShortestTimeoutAcrossWorkspaces(db: Db, workspaceId: string): Promise<number | null> {
  const row = await db
    .selectFrom("agents")
    .innerJoin("deployments", "deployments.id", "agents.activeDeploymentId")
    .select(sql<number | null>`min((deployments.manifest #>> '{limits,timeoutMs}')::int)`.as("timeoutMs"))
    .where("agents.workspaceId", "=", workspaceId)
    .where("agents.deletedAt", "is", null)
    .where("agents.disabledAt", "is", null)
    .executeTakeFirst();
  return row?.timeoutMs ?? null;
}

export async function upsertSettings(
  tx: Tx,
  scope: WorkspaceScope,
  row: Omit<BudgetSettingsTable, "workspaceId">,
): Promise<void> {
  await tx
    .insertInto("budgetSettings")
    .values({ ...row, workspaceId: scope.workspaceId })
    .onConflict((conflict) => conflict.column("workspaceId").doUpdateSet(row))
    .execute();
}

/** Which shares of which budget somebody was told of in this period. */
export function listAlerts(tx: Tx, scope: WorkspaceScope, periodFrom: Date) {
  return tx
    .selectFrom("budgetAlerts")
    .select(["metric", "percent", "createdAt"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("periodFrom", "=", periodFrom)
    .orderBy("createdAt")
    .limit(9)
    .execute();
}
