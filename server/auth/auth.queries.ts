// What the mint and the proofs of identity read.
import type { Db } from "~/db/client";

/** The person's membership in the wished workspace, or in the oldest one when there is no wish. */
export function findMembershipAcrossWorkspaces(db: Db, userId: string, workspaceId: string | null) {
  return db
    .selectFrom("memberships")
    .innerJoin("workspaces", "workspaces.id", "memberships.workspaceId")
    .select(["memberships.workspaceId", "memberships.role", "workspaces.disabledAt"])
    .where("memberships.userId", "=", userId)
    .$if(workspaceId !== null, (query) => query.where("memberships.workspaceId", "=", workspaceId as string))
    .orderBy("memberships.createdAt")
    .limit(1)
    .executeTakeFirst();
}

/** A key by its hash, with all that can make it worthless. */
export function findApiKeyByHashAcrossWorkspaces(db: Db, secretHash: string) {
  return db
    .selectFrom("apiKeys")
    .innerJoin("workspaces", "workspaces.id", "apiKeys.workspaceId")
    .innerJoin("users", "users.id", "apiKeys.createdBy")
    .select([
      "apiKeys.id",
      "apiKeys.workspaceId",
      "apiKeys.preset",
      "apiKeys.createdBy",
      "apiKeys.expiresAt",
      "apiKeys.lastUsedAt",
      "apiKeys.revokedAt",
      "workspaces.disabledAt as workspaceDisabledAt",
      "users.disabledAt as userDisabledAt",
    ])
    .where("apiKeys.secretHash", "=", secretHash)
    .executeTakeFirst();
}

/** Of many uses in one minute one writes. */
export async function setApiKeyUsedIfStaleAcrossWorkspaces(
  db: Db,
  keyId: string,
  at: { now: Date; staleBefore: Date },
): Promise<void> {
  await db
    .updateTable("apiKeys")
    .set({ lastUsedAt: at.now })
    .where("id", "=", keyId)
    .where((where) => where.or([where("lastUsedAt", "is", null), where("lastUsedAt", "<", at.staleBefore)]))
    .execute();
}
