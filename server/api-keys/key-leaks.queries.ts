// Keys that were seen in public: found by their hash, in whatever workspace they are.
import type { Db } from "~/db/client";

/** Only a key that was not revoked before. */
export function setApiKeyLeakedAcrossWorkspaces(db: Db, secretHash: string, now: Date) {
  return db
    .updateTable("apiKeys")
    .set({ revokedAt: now, leakedAt: now })
    .where("secretHash", "=", secretHash)
    .where("revokedAt", "is", null)
    .returning(["id", "workspaceId", "name", "prefix", "createdBy"])
    .executeTakeFirst();
}

/** Of racing messengers exactly one gets an answer. */
export function setLeakToldIfUntoldAcrossWorkspaces(db: Db, keyId: string, now: Date) {
  return db
    .updateTable("apiKeys")
    .from("workspaces")
    .set({ leakToldAt: now })
    .whereRef("workspaces.id", "=", "apiKeys.workspaceId")
    .where("apiKeys.id", "=", keyId)
    .where("apiKeys.leakedAt", "is not", null)
    .where("apiKeys.leakToldAt", "is", null)
    .returning(["apiKeys.workspaceId", "apiKeys.name", "apiKeys.prefix", "apiKeys.createdBy", "workspaces.name as workspaceName"])
    .executeTakeFirst();
}

/** Whoever made the key, and the owners of its workspace; nobody whose account is disabled. */
export function listLeakReadersAcrossWorkspaces(db: Db, key: { workspaceId: string; createdBy: string }, readersMax: number) {
  return db
    .selectFrom("users")
    .select(["email", "displayName"])
    .where("disabledAt", "is", null)
    .where((where) =>
      where.or([
        where("id", "=", key.createdBy),
        where("id", "in", (query) =>
          query
            .selectFrom("memberships")
            .select("userId")
            .where("memberships.workspaceId", "=", key.workspaceId)
            .where("memberships.role", "=", "owner"),
        ),
      ]),
    )
    .orderBy("id")
    .limit(readersMax)
    .execute();
}

/** Leaks of which nobody was told yet, the oldest first. */
export function listUntoldLeaksAcrossWorkspaces(db: Db, limit: number) {
  return db
    .selectFrom("apiKeys")
    .select("id")
    .where("leakedAt", "is not", null)
    .where("leakToldAt", "is", null)
    .orderBy("leakedAt")
    .limit(limit)
    .execute();
}
