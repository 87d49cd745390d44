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
    .select((is) => is("workspaces.disabledAt", "is not", null).$castTo<boolean>().as("isDisabled"))
    .where("memberships.userId", "=", userId)
    .orderBy("memberships.createdAt")
    .orderBy("workspaces.id")
    .limit(limit)
    .execute();
}

export function findWorkspace(tx: Db, scope: WorkspaceScope) {
  return tx
    .selectFrom("workspaces")
    .leftJoin("billingAccounts", "billingAccounts.workspaceId", "workspaces.id")
    .select(["workspaces.id as workspaceId", "name", "tier", "workspaces.createdAt", "billingAccounts.graceEndsAt"])
    .where("workspaces.id", "=", scope.workspaceId)
    .executeTakeFirst();
}

export async function setWorkspaceName(tx: Db, scope: WorkspaceScope, name: string): Promise<void> {
  await tx.updateTable("workspaces").set({ name }).where("id", "=", scope.workspaceId).execute();
}

/** Of several racing wishes for one more workspace the next waits until this one is counted. */
export async function lockPersonAcrossWorkspaces(tx: Db, userId: string): Promise<void> {
  await tx.selectFrom("users").select("id").where("id", "=", userId).forUpdate().execute();
}

export async function countOwnedWorkspacesAcrossWorkspaces(tx: Db, userId: string): Promise<number> {
  const row = await tx
    .selectFrom("memberships")
    .select((select) => select.fn.countAll<number>().as("owned"))
    .where("userId", "=", userId)
    .where("role", "=", "owner")
    .executeTakeFirst();
  return row?.owned ?? 0;
}

/** As `lockMembers`, for somebody who is no member yet. */
export async function lockWorkspaceAcrossWorkspaces(tx: Db, workspaceId: string): Promise<void> {
  await tx.selectFrom("workspaces").select("id").where("id", "=", workspaceId).forUpdate().execute();
}

export async function countMembersAcrossWorkspaces(tx: Db, workspaceId: string): Promise<number> {
  const row = await tx
    .selectFrom("memberships")
    .select((select) => select.fn.countAll<number>().as("members"))
    .where("workspaceId", "=", workspaceId)
    .executeTakeFirst();
  return row?.members ?? 0;
}

export function findMembershipRowAcrossWorkspaces(db: Db, workspaceId: string, userId: string) {
  return db
    .selectFrom("memberships")
    .select("role")
    .where("workspaceId", "=", workspaceId)
    .where("userId", "=", userId)
    .executeTakeFirst();
}

/** The address as it is proven now; a page may have been open since before it changed. */
export function findPersonAcrossWorkspaces(db: Db, userId: string) {
  return db
    .selectFrom("users")
    .select(["email", "displayName", "emailVerifiedAt"])
    .where("id", "=", userId)
    .where("disabledAt", "is", null)
    .executeTakeFirst();
}
