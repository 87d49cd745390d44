// Sessions of signed-in browsers, by the hash of their id.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { SignInMethod } from "~/db/tables/user-sessions";

/** The live session and its person; nothing when it has run out or the person is disabled. */
export function findLiveSessionAcrossWorkspaces(db: Db, idHash: string, now: Date) {
  return db
    .selectFrom("userSessions as session")
    .innerJoin("users", "users.id", "session.userId")
    .select([
      "session.userId",
      "session.expiresAt",
      "session.endsAt",
      "session.lastUsedAt",
      "session.provenAt",
      "users.email",
      "users.displayName",
      "users.emailVerifiedAt",
      "users.isSuperAdmin",
    ])
    .where("session.idHash", "=", idHash)
    .where("session.expiresAt", ">", now)
    .where("session.endsAt", ">", now)
    .where("users.disabledAt", "is", null)
    .executeTakeFirst();
}

export async function insertSessionAcrossWorkspaces(
  db: Db,
  row: {
    idHash: string;
    userId: string;
    expiresAt: Date;
    endsAt: Date;
    lastUsedAt: Date;
    provenAt: Date;
    ipAddress: string | null;
    userAgent: string | null;
    method: SignInMethod | null;
    createdAt: Date;
  },
): Promise<void> {
  await db.insertInto("userSessions").values(row).execute();
}

/** Moves the idle limit forward, never past the absolute one. */
export async function setSessionExpiryAcrossWorkspaces(db: Db, idHash: string, expiresAt: Date): Promise<void> {
  await db
    .updateTable("userSessions")
    .set({ expiresAt: sql<Date>`least(${expiresAt}, ends_at)` })
    .where("idHash", "=", idHash)
    .execute();
}

/** Says whether there is still such a session. */
export async function setSessionProvenAcrossWorkspaces(db: Db, idHash: string, provenAt: Date): Promise<boolean> {
  const result = await db.updateTable("userSessions").set({ provenAt }).where("idHash", "=", idHash).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Of many requests in one minute one writes. */
export async function setSessionUsedIfStaleAcrossWorkspaces(
  db: Db,
  idHash: string,
  at: { now: Date; staleBefore: Date },
): Promise<void> {
  await db
    .updateTable("userSessions")
    .set({ lastUsedAt: at.now })
    .where("idHash", "=", idHash)
    .where("lastUsedAt", "<", at.staleBefore)
    .execute();
}

export function listLiveSessionsAcrossWorkspaces(db: Db, userId: string, at: { now: Date; limit: number }) {
  return db
    .selectFrom("userSessions")
    .select(["idHash", "ipAddress", "userAgent", "method", "createdAt", "lastUsedAt"])
    .where("userId", "=", userId)
    .where("expiresAt", ">", at.now)
    .where("endsAt", ">", at.now)
    .orderBy("lastUsedAt", "desc")
    .limit(at.limit)
    .execute();
}

export async function deleteSessionAcrossWorkspaces(db: Db, idHash: string): Promise<void> {
  await db.deleteFrom("userSessions").where("idHash", "=", idHash).execute();
}

/** By its public name, the beginning of the hash; only when it is this person's. Says how many there were. */
export async function deleteNamedSessionAcrossWorkspaces(db: Db, userId: string, sessionName: string): Promise<number> {
  const result = await db
    .deleteFrom("userSessions")
    .where("userId", "=", userId)
    .where(sql<string>`left(id_hash, ${sql.lit(sessionName.length)})`, "=", sessionName)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

export async function deleteSessionsOfUserAcrossWorkspaces(db: Db, userId: string): Promise<number> {
  const result = await db.deleteFrom("userSessions").where("userId", "=", userId).executeTakeFirst();
  return Number(result.numDeletedRows);
}

export async function deleteOtherSessionsAcrossWorkspaces(db: Db, userId: string, keptIdHash: string): Promise<number> {
  const result = await db
    .deleteFrom("userSessions")
    .where("userId", "=", userId)
    .where("idHash", "!=", keptIdHash)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

export async function deleteDeadSessionsAcrossWorkspaces(db: Db, now: Date): Promise<number> {
  const result = await db
    .deleteFrom("userSessions")
    .where((where) => where.or([where("expiresAt", "<=", now), where("endsAt", "<=", now)]))
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
