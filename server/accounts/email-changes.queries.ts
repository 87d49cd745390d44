// Changes of address that wait for their two mailboxes.
import type { Db } from "~/db/client";

type EmailChangeRow = {
  userId: string;
  oldEmail: string;
  newEmail: string;
  oldTokenHash: string;
  newTokenHash: string;
  askedInSession: string;
  expiresAt: Date;
  createdAt: Date;
};

/** In place of an earlier one: its two links stop working. */
export async function setEmailChangeAcrossWorkspaces(tx: Db, row: EmailChangeRow): Promise<void> {
  const { userId: _userId, ...fresh } = { ...row, oldConfirmedAt: null, newConfirmedAt: null };
  await tx
    .insertInto("emailChanges")
    .values({ ...row, oldConfirmedAt: null, newConfirmedAt: null })
    .onConflict((conflict) => conflict.column("userId").doUpdateSet(fresh))
    .execute();
}

export function findLiveEmailChangeAcrossWorkspaces(db: Db, userId: string, now: Date) {
  return db
    .selectFrom("emailChanges")
    .select(["newEmail", "oldConfirmedAt", "newConfirmedAt", "expiresAt"])
    .where("userId", "=", userId)
    .where("expiresAt", ">", now)
    .executeTakeFirst();
}

/** The change that one of the two links belongs to; locked, so that the two are confirmed one after the other. */
export function lockEmailChangeByTokenAcrossWorkspaces(tx: Db, presented: { tokenHash: string; now: Date }) {
  return tx
    .selectFrom("emailChanges")
    .innerJoin("users", "users.id", "emailChanges.userId")
    .select([
      "emailChanges.userId",
      "oldEmail",
      "newEmail",
      "oldTokenHash",
      "newTokenHash",
      "oldConfirmedAt",
      "newConfirmedAt",
      "askedInSession",
      "users.displayName",
    ])
    .where((where) =>
      where.or([where("oldTokenHash", "=", presented.tokenHash), where("newTokenHash", "=", presented.tokenHash)]),
    )
    .where("expiresAt", ">", presented.now)
    .where("users.disabledAt", "is", null)
    .forUpdate("emailChanges")
    .executeTakeFirst();
}

export async function setEmailChangeConfirmedAcrossWorkspaces(
  tx: Db,
  userId: string,
  confirmed: { oldConfirmedAt: Date } | { newConfirmedAt: Date },
): Promise<void> {
  await tx.updateTable("emailChanges").set(confirmed).where("userId", "=", userId).execute();
}

export async function deleteEmailChangeAcrossWorkspaces(tx: Db, userId: string): Promise<boolean> {
  const result = await tx.deleteFrom("emailChanges").where("userId", "=", userId).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

export async function deleteStaleEmailChangesAcrossWorkspaces(db: Db, now: Date): Promise<number> {
  const result = await db.deleteFrom("emailChanges").where("expiresAt", "<=", now).executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** Nothing comes back when somebody has the address by now, or this person has another than the change began with. */
export function setEmailIfFreeAcrossWorkspaces(tx: Db, change: { userId: string; oldEmail: string; newEmail: string }) {
  return tx
    .updateTable("users")
    .set({ email: change.newEmail })
    .where("id", "=", change.userId)
    .where("email", "=", change.oldEmail)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("users as other").select("other.id").where("other.email", "=", change.newEmail))),
    )
    .returning("id")
    .executeTakeFirst();
}
