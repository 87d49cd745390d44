// The wrapped data keys: one row per owner. The role `whs_app` has no right to this table.
import type { Db } from "~/db/client";

export function findDataKeyAcrossWorkspaces(db: Db, ownerId: string) {
  return db.selectFrom("dataKeys").select(["kekId", "wrappedKey", "formerKey"]).where("ownerId", "=", ownerId).executeTakeFirst();
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

/** Another data key, with the former one sealed under it; unless somebody wrapped or replaced it meanwhile. Whether it was done. */
export async function setRenewedIfSameAcrossWorkspaces(
  db: Db,
  renewed: { ownerId: string; before: Buffer; kekId: string; wrappedKey: Buffer; formerKey: Buffer; at: Date },
): Promise<boolean> {
  const { ownerId, before, at, ...key } = renewed;
  const done = await db
    .updateTable("dataKeys")
    .set({ ...key, renewedAt: at, passedAt: null, valuesResealed: 0, valuesStuck: 0 })
    .set((column) => ({ generation: column("generation", "+", 1) }))
    .where("ownerId", "=", ownerId)
    .where("wrappedKey", "=", before)
    .where("formerKey", "is", null)
    .returning("ownerId")
    .executeTakeFirst();
  return done !== undefined;
}

/** Nothing that is sealed under the former key opens from now on. Whether it was still there. */
export async function forgetFormerKeyIfSameAcrossWorkspaces(
  db: Db,
  key: { ownerId: string; generation: number },
): Promise<boolean> {
  const done = await db
    .updateTable("dataKeys")
    .set({ formerKey: null })
    .where("ownerId", "=", key.ownerId)
    .where("generation", "=", key.generation)
    .where("formerKey", "is not", null)
    .returning("ownerId")
    .executeTakeFirst();
  return done !== undefined;
}

export async function deleteDataKeyAcrossWorkspaces(db: Db, ownerId: string): Promise<void> {
  await db.deleteFrom("dataKeys").where("ownerId", "=", ownerId).execute();
}
