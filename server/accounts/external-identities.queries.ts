// Who people are elsewhere, by the provider's own name for them, and the sign-ins that came back already.
import type { Db } from "~/db/client";

export type ExternalName = { provider: string; subject: string };

export function findUserByIdentityAcrossWorkspaces(db: Db, name: ExternalName) {
  return db
    .selectFrom("externalIdentities as identity")
    .innerJoin("users", "users.id", "identity.userId")
    .select(["identity.id as identityId", "users.id", "users.email", "users.displayName", "users.disabledAt"])
    .where("identity.provider", "=", name.provider)
    .where("identity.subject", "=", name.subject)
    .executeTakeFirst();
}

/** Of several racing ways to connect one identity the first stays; the others get nothing back. */
export function insertIdentityIfAbsentAcrossWorkspaces(
  tx: Db,
  row: ExternalName & { id: string; userId: string; email: string | null; createdAt: Date; lastUsedAt: Date | null },
) {
  return tx
    .insertInto("externalIdentities")
    .values(row)
    .onConflict((conflict) => conflict.columns(["provider", "subject"]).doNothing())
    .returning("id")
    .executeTakeFirst();
}

export async function setIdentityUsedAcrossWorkspaces(
  tx: Db,
  identityId: string,
  use: { email: string | null; lastUsedAt: Date },
): Promise<void> {
  await tx.updateTable("externalIdentities").set(use).where("id", "=", identityId).execute();
}

export function listIdentitiesAcrossWorkspaces(db: Db, userId: string, limit: number) {
  return db
    .selectFrom("externalIdentities")
    .select(["id", "provider", "email", "createdAt", "lastUsedAt"])
    .where("userId", "=", userId)
    .orderBy("createdAt")
    .limit(limit)
    .execute();
}

/** Only when it is this person's. */
export function deleteIdentityAcrossWorkspaces(tx: Db, own: { userId: string; identityId: string }) {
  return tx
    .deleteFrom("externalIdentities")
    .where("id", "=", own.identityId)
    .where("userId", "=", own.userId)
    .returning("provider")
    .executeTakeFirst();
}

/** True for the first of several racing answers to one sign-in only. */
export async function insertSpentStateAcrossWorkspaces(db: Db, row: { stateHash: string; expiresAt: Date }): Promise<boolean> {
  const inserted = await db
    .insertInto("spentOauthStates")
    .values(row)
    .onConflict((conflict) => conflict.column("stateHash").doNothing())
    .returning("stateHash")
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function deleteSpentStatesBeforeAcrossWorkspaces(db: Db, now: Date): Promise<void> {
  await db.deleteFrom("spentOauthStates").where("expiresAt", "<", now).execute();
}

/** Nobody has proven this mailbox before: what was chosen with it falls, and the name is the one that the provider vouches for. */
export async function setAccountTakenOverAcrossWorkspaces(
  tx: Db,
  userId: string,
  account: { displayName: string; emailVerifiedAt: Date },
): Promise<void> {
  await tx
    .updateTable("users")
    .set({ ...account, passwordHash: null })
    .where("id", "=", userId)
    .where("emailVerifiedAt", "is", null)
    .execute();
}
