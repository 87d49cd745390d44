// Workspaces and who is in them.
import type { Db } from "~/db/client";
import type { Role } from "~/db/tables/memberships";
import type { Tier } from "~/db/tables/workspaces";
import type { WorkspaceScope } from "~/server/auth/scope";

export async function insertWorkspaceAcrossWorkspaces(
  tx: Db,
  row: { id: string; name: string; tier: Tier; createdAt: Date },
): Promise<void> {
  await tx.insertInto("workspaces").values(row).execute();
}

export async function insertMembershipAcrossWorkspaces(
  tx: Db,
  row: { workspaceId: string; userId: string; role: Role; createdAt: Date },
): Promise<void> {
  await tx.insertInto("memberships").values(row).execute();
}

/** Every workspace of one person, the oldest membership first: the first is where they land. */
export function listWorkspacesOfUserAcrossWorkspaces(db: Db, userId: string, limit: number) {
  return db
    .selectFrom("memberships")
    .innerJoin("workspaces", "workspaces.id", "memberships.workspaceId")
    .select(["workspaces.id as workspaceId", "workspaces.name", "workspaces.tier", "workspaces.createdAt", "memberships.role"])
    .where("memberships.userId", "=", userId)
    .orderBy("memberships.createdAt")
    .orderBy("workspaces.id")
    .limit(limit)
    .execute();
}

export function findWorkspace(tx: Db, scope: WorkspaceScope) {
  return tx
    .selectFrom("workspaces")
    .select(["id as workspaceId", "name", "tier", "createdAt"])
    .where("id", "=", scope.workspaceId)
    .executeTakeFirst();
}

export async function setWorkspaceName(tx: Db, scope: WorkspaceScope, name: string): Promise<void> {
  await tx.updateTable("workspaces").set({ name }).where("id", "=", scope.workspaceId).execute();
}

export function listMembers(tx: Db, scope: WorkspaceScope, page: { limit: number; after: string | null }) {
  return tx
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.userId")
    .select(["users.id as userId", "users.email", "users.displayName", "memberships.role", "memberships.createdAt as joinedAt"])
    .where("memberships.workspaceId", "=", scope.workspaceId)
    .$if(page.after !== null, (query) => query.where("memberships.userId", ">", page.after ?? ""))
    .orderBy("memberships.userId")
    .limit(page.limit)
    .execute();
}
