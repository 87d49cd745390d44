// What is wrapped by which key-encryption key, and how far each rotation is. Data keys belong to owners, not to the page's role.
import { type Insertable, sql } from "kysely";
import type { Db } from "~/db/client";
import type { KeyRotationsTable } from "~/db/tables/key-rotations";

const wrappingsMax = 100;

/** How many data keys each key-encryption key wraps. */
export function countWrappingsAcrossWorkspaces(db: Db) {
  return db
    .selectFrom("dataKeys")
    .select((select) => ["kekId", select.fn.countAll<number>().as("dataKeys")])
    .groupBy("kekId")
    .orderBy("kekId")
    .limit(wrappingsMax)
    .execute();
}

/** Walks the index from one key to the next, so that it costs the same however many data keys there are. */
export async function listKeysInUseAcrossWorkspaces(db: Db): Promise<string[]> {
  const { rows } = await sql<{ kekId: string }>`
    with recursive used (kek_id) as (
      (select kek_id from data_keys order by kek_id limit 1)
      union all
      select (select kek_id from data_keys where kek_id > used.kek_id order by kek_id limit 1) from used
      where used.kek_id is not null
    )
    select kek_id as "kekId" from used where kek_id is not null limit ${wrappingsMax}`.execute(db);
  return rows.map((row) => row.kekId);
}

export async function countWaitingAcrossWorkspaces(db: Db, primaryId: string): Promise<number> {
  const row = await db
    .selectFrom("dataKeys")
    .select((select) => select.fn.countAll<number>().as("waiting"))
    .where("kekId", "<>", primaryId)
    .executeTakeFirstOrThrow();
  return row.waiting;
}

/** Owners in their order, behind `after`. */
export function listWaitingOwnersAcrossWorkspaces(db: Db, asked: { primaryId: string; after: string; limit: number }) {
  return db
    .selectFrom("dataKeys")
    .select("ownerId")
    .where("kekId", "<>", asked.primaryId)
    .where("ownerId", ">", asked.after)
    .orderBy("ownerId")
    .limit(asked.limit)
    .execute();
}

/** Of several that begin at once one is entered; whether it was this one. */
export async function insertRotationIfNoneRunsAcrossWorkspaces(
  db: Db,
  rotation: Pick<Insertable<KeyRotationsTable>, "id" | "kekId" | "startedBy" | "keysTotal"> & { at: Date },
): Promise<boolean> {
  const { at, ...row } = rotation;
  const entered = await db
    .insertInto("keyRotations")
    .values({ ...row, status: "running", lastError: null, startedAt: at, movedAt: at, finishedAt: null })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return entered !== undefined;
}

export function findRunningRotationAcrossWorkspaces(db: Db) {
  return db
    .selectFrom("keyRotations")
    .select(["id", "kekId", "keysTotal", "keysRewrapped", "keysStuck", "lastError"])
    .where("status", "=", "running")
    .executeTakeFirst();
}

/** Nothing comes back when it was not running any more. */
export function setRotationEndedIfRunningAcrossWorkspaces(
  db: Db,
  ended: { id: string; status: "finished" | "superseded"; at: Date },
) {
  const isFinished = ended.status === "finished";
  return db
    .updateTable("keyRotations")
    .set({
      status: ended.status,
      finishedAt: ended.at,
      movedAt: ended.at,
      ...(isFinished ? { keysStuck: 0, lastError: null } : {}),
    })
    .where("id", "=", ended.id)
    .where("status", "=", "running")
    .returning(["kekId", "keysTotal", "keysRewrapped"])
    .executeTakeFirst();
}

/** One more; in the transaction that moved it. False when the rotation was superseded meanwhile: then nothing may be moved for it. */
export async function addRewrappedIfRunningAcrossWorkspaces(db: Db, rotation: { id: string; at: Date }): Promise<boolean> {
  const counted = await db
    .updateTable("keyRotations")
    .set({ keysRewrapped: sql<number>`keys_rewrapped + 1`, movedAt: rotation.at })
    .where("id", "=", rotation.id)
    .where("status", "=", "running")
    .returning("id")
    .executeTakeFirst();
  return counted !== undefined;
}

/** The newest rotation, and when this key was first seen in a configuration: null when it never was. */
export function findNewestRotationAcrossWorkspaces(db: Db, fingerprint: string) {
  return db
    .selectFrom("keyRotations as rotation")
    .leftJoin("platformCredentials as key", (join) =>
      join.on("key.name", "=", "KEY_ENCRYPTION_KEY").on("key.fingerprint", "=", fingerprint),
    )
    .select(["rotation.kekId", "rotation.startedAt", "key.addedAt as keyAddedAt"])
    .orderBy("rotation.startedAt", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** When a process last had this key in its configuration. */
export function findKeySeenAcrossWorkspaces(db: Db, fingerprint: string) {
  return db
    .selectFrom("platformCredentials")
    .select("seenAt")
    .where("name", "=", "KEY_ENCRYPTION_KEY")
    .where("fingerprint", "=", fingerprint)
    .executeTakeFirst();
}

export async function setStuckIfRunningAcrossWorkspaces(
  db: Db,
  stuck: { id: string; keysStuck: number; lastError: string | null },
): Promise<void> {
  await db
    .updateTable("keyRotations")
    .set({ keysStuck: stuck.keysStuck, lastError: stuck.lastError })
    .where("id", "=", stuck.id)
    .where("status", "=", "running")
    .execute();
}

/** The newest first, with the name of whoever began it. */
export function listRotationsAcrossWorkspaces(db: Db, limit: number) {
  return db
    .selectFrom("keyRotations as rotation")
    .leftJoin("users", "users.id", "rotation.startedBy")
    .select(["rotation.id as rotationId", "rotation.kekId", "rotation.status", "users.displayName as startedBy"])
    .select(["rotation.keysTotal", "rotation.keysRewrapped", "rotation.keysStuck", "rotation.lastError"])
    .select(["rotation.startedAt", "rotation.movedAt", "rotation.finishedAt"])
    .orderBy("rotation.startedAt", "desc")
    .limit(limit)
    .execute();
}

export function listOwnersWrappedByAcrossWorkspaces(db: Db, kekId: string, limit: number) {
  return db.selectFrom("dataKeys").select("ownerId").where("kekId", "=", kekId).orderBy("ownerId").limit(limit).execute();
}

/** Whether it was there. */
export async function deleteDataKeyIfWrappedByAcrossWorkspaces(
  db: Db,
  key: { ownerId: string; kekId: string },
): Promise<boolean> {
  const gone = await db
    .deleteFrom("dataKeys")
    .where("ownerId", "=", key.ownerId)
    .where("kekId", "=", key.kekId)
    .returning("ownerId")
    .executeTakeFirst();
  return gone !== undefined;
}

/** Uses of webhook secrets stand where their events are written. */
export function listWebhookSecretUsesAcrossWorkspaces(db: Db, limit: number) {
  return db.selectFrom("webhookSecretUses").selectAll().orderBy("lastUsedAt", "desc").limit(limit).execute();
}
