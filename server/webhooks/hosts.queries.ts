// Hosts that an admin of the workspace approved for webhooks.
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";

/** False: it was approved already. */
export async function insertHostIfNone(
  tx: Tx,
  scope: WorkspaceScope,
  row: { host: string; approvedBy: string; approvedAt: Date },
): Promise<boolean> {
  const result = await tx
    .insertInto("webhookHosts")
    .values({ ...row, workspaceId: scope.workspaceId })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export function listHosts(tx: Tx, scope: WorkspaceScope, limit: number) {
  return tx
    .selectFrom("webhookHosts")
    .select(["host", "approvedAt"])
    .where("workspaceId", "=", scope.workspaceId)
    .orderBy("host")
    .limit(limit)
    .execute();
}

export function findHost(tx: Tx, scope: WorkspaceScope, host: string) {
  return tx
    .selectFrom("webhookHosts")
    .select("host")
    .where("workspaceId", "=", scope.workspaceId)
    .where("host", "=", host)
    .executeTakeFirst();
}

export function deleteHost(tx: Tx, scope: WorkspaceScope, host: string) {
  return tx
    .deleteFrom("webhookHosts")
    .where("workspaceId", "=", scope.workspaceId)
    .where("host", "=", host)
    .returning("host")
    .executeTakeFirst();
}

/** Answers how many were on. */
export async function setEndpointsOfHostOff(tx: Tx, scope: WorkspaceScope, host: string, at: Date): Promise<number> {
  const rows = await tx
    .updateTable("webhookEndpoints")
    .set({ disabledAt: at, disabledReason: "host_withdrawn" })
    .where("workspaceId", "=", scope.workspaceId)
    .where("host", "=", host)
    .where("disabledAt", "is", null)
    .returning("id")
    .execute();
  return rows.length;
}
