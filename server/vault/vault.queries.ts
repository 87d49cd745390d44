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

export async function deleteDataKeyAcrossWorkspaces(db: Db, ownerId: string): Promise<void> {
  await db.deleteFrom("dataKeys").where("ownerId", "=", ownerId).execute();
}
