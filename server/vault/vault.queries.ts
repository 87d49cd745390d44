// The wrapped data keys: one row per owner. The role `whs_app` has no right to this table.
import type { Db } from "~/db/client";

export function findDataKeyAcrossWorkspaces(db: Db, ownerId: string) {
  return db.selectFrom("dataKeys").select(["kekId", "wrappedKey"]).where("ownerId", "=", ownerId).executeTakeFirst();
}

/** Of several racing inserts for one owner the first stays; the others change nothing. */
export async function insertDataKeyIfAbsentAcrossWorkspaces(
  db: Db,
  row: { ownerId: string; kekId: string; wrappedKey: Buffer },
): Promise<void> {
  await db
    .insertInto("dataKeys")
    .values(row)
    .onConflict((conflict) => conflict.column("ownerId").doNothing())
    .execute();
}

/** The same data key under another wrapping, unless somebody wrapped or destroyed it meanwhile. Whether it was done. */
export async function setWrappingIfSameAcrossWorkspaces(
  db: Db,
  wrapping: { ownerId: string; before: Buffer; kekId: string; wrappedKey: Buffer; at: Date },
): Promise<boolean> {
  const done = await db
    .updateTable("dataKeys")
    .set({ kekId: wrapping.kekId, wrappedKey: wrapping.wrappedKey, rewrappedAt: wrapping.at })
    .where("ownerId", "=", wrapping.ownerId)
    .where("wrappedKey", "=", wrapping.before)
    .returning("ownerId")
    .executeTakeFirst();
  return done !== undefined;
}

export async function deleteDataKeyAcrossWorkspaces(db: Db, ownerId: string): Promise<void> {
  await db.deleteFrom("dataKeys").where("ownerId", "=", ownerId).execute();
}
