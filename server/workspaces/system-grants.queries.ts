// Who may reach which connected system, and what of it.
import type { Db } from "~/db/client";
import type { SystemAccess } from "~/db/tables/connected-system-grants";
import type { Role } from "~/db/tables/memberships";
import type { WorkspaceScope } from "~/server/auth/scope";

export function listSystemGrants(tx: Db, scope: WorkspaceScope, page: { limit: number; before: string | null }) {
  return tx
    .selectFrom("connectedSystemGrants")
    .select(["id as grantId", "systemId", "userId", "role", "access", "createdAt"])
    .where("workspaceId", "=", scope.workspaceId)
    .$if(page.before !== null, (query) => query.where("id", "<", page.before ?? ""))
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
}

/** Nothing comes back when the very same was granted before. */
export function insertSystemGrantIfAbsent(
  tx: Db,
  scope: WorkspaceScope,
  row: {
    id: string;
    systemId: string;
    userId: string | null;
    role: Role | null;
    access: SystemAccess;
    grantedBy: string;
    createdAt: Date;
  },
) {
  return tx
    .insertInto("connectedSystemGrants")
    .values({ ...row, workspaceId: scope.workspaceId })
    .onConflict((conflict) => conflict.columns(["workspaceId", "systemId", "userId", "role", "access"]).doNothing())
    .returning(["id as grantId", "systemId", "userId", "role", "access", "createdAt"])
    .executeTakeFirst();
}

export function deleteSystemGrant(tx: Db, scope: WorkspaceScope, grantId: string) {
  return tx
    .deleteFrom("connectedSystemGrants")
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", grantId)
    .returning(["id as grantId", "systemId", "userId", "role", "access"])
    .executeTakeFirst();
}

/** What this person was granted of the system, by name or by role. Nothing for somebody who is no member (any more). */
export async function listAccessesToSystem(
  tx: Db,
  scope: WorkspaceScope,
  wish: { systemId: string; userId: string },
): Promise<SystemAccess[]> {
  const rows = await tx
    .selectFrom("connectedSystemGrants as grants")
    .innerJoin("memberships", "memberships.workspaceId", "grants.workspaceId")
    .select("grants.access")
    .distinct()
    .where("grants.workspaceId", "=", scope.workspaceId)
    .where("grants.systemId", "=", wish.systemId)
    .where("memberships.userId", "=", wish.userId)
    .where((where) =>
      where.or([
        where("grants.userId", "=", where.ref("memberships.userId")),
        where("grants.role", "=", where.ref("memberships.role")),
      ]),
    )
    .limit(3)
    .execute();
  return rows.map((row) => row.access);
}
