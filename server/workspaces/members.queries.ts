// Who is in the workspace, as what, and what each may beside their role.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { GrantArea } from "~/db/tables/member-grants";
import type { Role } from "~/db/tables/memberships";
import type { MemberGrants } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";

function selectMembers(tx: Db, scope: WorkspaceScope) {
  return tx
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.userId")
    .select(["users.id as userId", "users.email", "users.displayName", "memberships.role", "memberships.createdAt as joinedAt"])
    .select(
      sql<MemberGrants>`(
        select coalesce(jsonb_object_agg(area, is_granted), '{}') from member_grants g
        where g.workspace_id = memberships.workspace_id and g.user_id = memberships.user_id)`.as("areas"),
    )
    .where("memberships.workspaceId", "=", scope.workspaceId);
}

export function listMembers(tx: Db, scope: WorkspaceScope, page: { limit: number; after: string | null }) {
  return selectMembers(tx, scope)
    .$if(page.after !== null, (query) => query.where("memberships.userId", ">", page.after ?? ""))
    .orderBy("memberships.userId")
    .limit(page.limit)
    .execute();
}

export function findMember(tx: Db, scope: WorkspaceScope, userId: string) {
  return selectMembers(tx, scope).where("memberships.userId", "=", userId).executeTakeFirst();
}

export function findMemberByEmail(tx: Db, scope: WorkspaceScope, email: string) {
  return selectMembers(tx, scope).where("users.email", "=", email).executeTakeFirst();
}

/** Whoever changes who is in this workspace, or as what, waits here for everybody else who does. */
export async function lockMembers(tx: Db, scope: WorkspaceScope): Promise<void> {
  await tx.selectFrom("workspaces").select("id").where("id", "=", scope.workspaceId).forUpdate().execute();
}

export async function countOwners(tx: Db, scope: WorkspaceScope): Promise<number> {
  const row = await tx
    .selectFrom("memberships")
    .select((select) => select.fn.countAll<number>().as("owners"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("role", "=", "owner")
    .executeTakeFirst();
  return row?.owners ?? 0;
}

/** A new role begins without grants: they were decided beside the old one. */
export async function setMemberRole(tx: Db, scope: WorkspaceScope, change: { userId: string; role: Role }): Promise<void> {
  await tx.deleteFrom("memberGrants").where("workspaceId", "=", scope.workspaceId).where("userId", "=", change.userId).execute();
  await tx
    .updateTable("memberships")
    .set({ role: change.role })
    .where("workspaceId", "=", scope.workspaceId)
    .where("userId", "=", change.userId)
    .execute();
}

/** Their grants go with them. */
export async function deleteMember(tx: Db, scope: WorkspaceScope, userId: string): Promise<void> {
  await tx.deleteFrom("memberships").where("workspaceId", "=", scope.workspaceId).where("userId", "=", userId).execute();
}

export async function upsertMemberGrant(
  tx: Db,
  scope: WorkspaceScope,
  grant: { userId: string; area: GrantArea; isGranted: boolean; setBy: string; setAt: Date },
): Promise<void> {
  const { isGranted, setBy, setAt } = grant;
  await tx
    .insertInto("memberGrants")
    .values({ workspaceId: scope.workspaceId, ...grant })
    .onConflict((conflict) => conflict.columns(["workspaceId", "userId", "area"]).doUpdateSet({ isGranted, setBy, setAt }))
    .execute();
}

export async function deleteMemberGrant(
  tx: Db,
  scope: WorkspaceScope,
  grant: { userId: string; area: GrantArea },
): Promise<void> {
  await tx
    .deleteFrom("memberGrants")
    .where("workspaceId", "=", scope.workspaceId)
    .where("userId", "=", grant.userId)
    .where("area", "=", grant.area)
    .execute();
}
