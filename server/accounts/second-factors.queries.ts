// Authenticator apps and recovery codes of people, by the person.
import type { Db } from "~/db/client";

export function findTotpAcrossWorkspaces(db: Db, userId: string) {
  return db
    .selectFrom("userTotps")
    .select(["version", "sealedSecret", "confirmedAt", "lastStep"])
    .where("userId", "=", userId)
    .executeTakeFirst();
}

export function lockTotpAcrossWorkspaces(tx: Db, userId: string) {
  return tx.selectFrom("userTotps").select("confirmedAt").where("userId", "=", userId).forUpdate().executeTakeFirst();
}

/** Begins, or begins anew what was never confirmed. Nothing comes back when one is in force or another beginning came first. */
export function setTotpBegunIfVersionAcrossWorkspaces(
  tx: Db,
  begun: { userId: string; version: number; sealedSecret: Buffer; createdAt: Date },
) {
  const { userId, ...offer } = begun;
  return tx
    .insertInto("userTotps")
    .values({ ...begun, confirmedAt: null, lastStep: null })
    .onConflict((conflict) =>
      conflict
        .column("userId")
        .doUpdateSet(offer)
        .where("userTotps.confirmedAt", "is", null)
        .where("userTotps.version", "=", begun.version - 1),
    )
    .returning("userId")
    .executeTakeFirst();
}

/** The compare-and-set: only the secret whose code was shown, and only once. */
export function setTotpConfirmedIfBegunAcrossWorkspaces(
  tx: Db,
  begun: { userId: string; version: number; lastStep: number; confirmedAt: Date },
) {
  return tx
    .updateTable("userTotps")
    .set({ confirmedAt: begun.confirmedAt, lastStep: begun.lastStep })
    .where("userId", "=", begun.userId)
    .where("version", "=", begun.version)
    .where("confirmedAt", "is", null)
    .returning("userId")
    .executeTakeFirst();
}

/** The compare-and-set: a code of this step or of one before it was not accepted yet. */
export function setTotpStepIfNewerAcrossWorkspaces(tx: Db, used: { userId: string; version: number; step: number }) {
  return tx
    .updateTable("userTotps")
    .set({ lastStep: used.step })
    .where("userId", "=", used.userId)
    .where("version", "=", used.version)
    .where("confirmedAt", "is not", null)
    .where((where) => where.or([where("lastStep", "is", null), where("lastStep", "<", used.step)]))
    .returning("userId")
    .executeTakeFirst();
}

/** Also one that was only begun. Says whether there was one in force. */
export async function deleteTotpAcrossWorkspaces(tx: Db, userId: string): Promise<boolean> {
  const row = await tx.deleteFrom("userTotps").where("userId", "=", userId).returning("confirmedAt").executeTakeFirst();
  return Boolean(row?.confirmedAt);
}

export async function insertRecoveryCodesAcrossWorkspaces(
  tx: Db,
  rows: { userId: string; codeHash: string; createdAt: Date }[],
): Promise<void> {
  await tx.insertInto("userRecoveryCodes").values(rows).execute();
}

export async function deleteRecoveryCodesAcrossWorkspaces(tx: Db, userId: string): Promise<void> {
  await tx.deleteFrom("userRecoveryCodes").where("userId", "=", userId).execute();
}

/** The compare-and-set: of several racing uses of one code the first finds it unused. */
export function setRecoveryCodeUsedIfFreshAcrossWorkspaces(tx: Db, used: { userId: string; codeHash: string; now: Date }) {
  return tx
    .updateTable("userRecoveryCodes")
    .set({ usedAt: used.now })
    .where("userId", "=", used.userId)
    .where("codeHash", "=", used.codeHash)
    .where("usedAt", "is", null)
    .returning("userId")
    .executeTakeFirst();
}

export async function countFreshRecoveryCodesAcrossWorkspaces(db: Db, userId: string): Promise<number> {
  const row = await db
    .selectFrom("userRecoveryCodes")
    .select((select) => select.fn.countAll<number>().as("left"))
    .where("userId", "=", userId)
    .where("usedAt", "is", null)
    .executeTakeFirst();
  return row?.left ?? 0;
}
