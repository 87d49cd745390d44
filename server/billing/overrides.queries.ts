// The limits that an operator changed for single workspaces.
import type { Insertable } from "kysely";
import type { Db } from "~/db/client";
import type { PlanOverridesTable } from "~/db/tables/plan-overrides";

export async function upsertPlanOverrideAcrossWorkspaces(tx: Db, row: Insertable<PlanOverridesTable>): Promise<void> {
  const { workspaceId: _key, ...fresh } = row;
  await tx
    .insertInto("planOverrides")
    .values(row)
    .onConflict((conflict) => conflict.column("workspaceId").doUpdateSet(fresh))
    .execute();
}

export async function deletePlanOverrideAcrossWorkspaces(tx: Db, workspaceId: string): Promise<void> {
  await tx.deleteFrom("planOverrides").where("workspaceId", "=", workspaceId).execute();
}
