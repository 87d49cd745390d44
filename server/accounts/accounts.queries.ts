// People, by address and by id. They belong to no workspace, so every query here names its key itself.
import type { Db } from "~/db/client";

const personColumns = ["id", "email", "displayName", "passwordHash", "emailVerifiedAt", "isSuperAdmin", "disabledAt"] as const;

export function findUserByEmailAcrossWorkspaces(db: Db, email: string) {
  return db.selectFrom("users").select(personColumns).where("email", "=", email).executeTakeFirst();
}

/**
 * Locks the row: whoever changes the same account waits. Not against foreign keys, so that a sign-in, which takes its own row first
 * and then names its person in a session, never waits here for somebody who waits for that row.
 */
export function lockUserByEmailAcrossWorkspaces(tx: Db, email: string) {
  return tx.selectFrom("users").select(personColumns).where("email", "=", email).forNoKeyUpdate().executeTakeFirst();
}

/** Locks the row likewise. */
export function lockUserAcrossWorkspaces(tx: Db, userId: string) {
  return tx.selectFrom("users").select("id").where("id", "=", userId).forNoKeyUpdate().executeTakeFirst();
}

/** Locks the row likewise. Nothing comes back when the password that was compared is not theirs any more, or they are disabled. */
export function lockUserIfPasswordAcrossWorkspaces(tx: Db, compared: { userId: string; passwordHash: string | null }) {
  return tx
    .selectFrom("users")
    .select("id")
    .where("id", "=", compared.userId)
    .where("passwordHash", "=", compared.passwordHash)
    .where("disabledAt", "is", null)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

export function findUserAcrossWorkspaces(db: Db, userId: string) {
  return db.selectFrom("users").select(personColumns).where("id", "=", userId).executeTakeFirst();
}

/** Of several racing sign-ups for one address the first stays; the others get nothing back. */
export function insertUserIfAbsentAcrossWorkspaces(
  tx: Db,
  row: {
    id: string;
    email: string;
    displayName: string;
    passwordHash: string | null;
    emailVerifiedAt: Date | null;
    isSuperAdmin?: boolean;
    createdAt: Date;
  },
) {
  return tx
    .insertInto("users")
    .values(row)
    .onConflict((conflict) => conflict.column("email").doNothing())
    .returning("id")
    .executeTakeFirst();
}

export async function setUnverifiedAccountAcrossWorkspaces(
  tx: Db,
  userId: string,
  account: { displayName: string; passwordHash: string },
): Promise<void> {
  await tx.updateTable("users").set(account).where("id", "=", userId).where("emailVerifiedAt", "is", null).execute();
}

export async function setPasswordAcrossWorkspaces(tx: Db, userId: string, passwordHash: string): Promise<void> {
  await tx.updateTable("users").set({ passwordHash }).where("id", "=", userId).execute();
}

export async function setDisplayNameAcrossWorkspaces(tx: Db, userId: string, displayName: string): Promise<void> {
  await tx.updateTable("users").set({ displayName }).where("id", "=", userId).execute();
}

/** Keeps the first date when it was verified before. Nothing comes back for a disabled person. */
export function setEmailVerifiedAcrossWorkspaces(tx: Db, userId: string, now: Date) {
  return tx
    .updateTable("users")
    .set((where) => ({ emailVerifiedAt: where.fn.coalesce("emailVerifiedAt", where.val(now)) }))
    .where("id", "=", userId)
    .where("disabledAt", "is", null)
    .returning(personColumns)
    .executeTakeFirst();
}
