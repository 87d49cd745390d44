// Sign-ins that wait for their second factor, by the hash of their name.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { SignInMethod } from "~/db/tables/user-sessions";

export async function insertPendingSignInAcrossWorkspaces(
  db: Db,
  row: { idHash: string; userId: string; method: SignInMethod; expiresAt: Date; createdAt: Date },
): Promise<void> {
  await db.insertInto("pendingSignIns").values(row).execute();
}

type Presented = { idHash: string; now: Date; triesMax: number };

export function findLivePendingSignInAcrossWorkspaces(db: Db, presented: Presented) {
  return db
    .selectFrom("pendingSignIns")
    .select(["userId", "expiresAt"])
    .where("idHash", "=", presented.idHash)
    .where("expiresAt", ">", presented.now)
    .where("tries", "<", presented.triesMax)
    .executeTakeFirst();
}

/** The compare-and-set: counts a try while there is one left. Nothing comes back for a name that waits for nothing. */
export function setPendingSignInTriedIfLiveAcrossWorkspaces(db: Db, presented: Presented) {
  return db
    .updateTable("pendingSignIns")
    .set({ tries: sql<number>`tries + 1` })
    .where("idHash", "=", presented.idHash)
    .where("expiresAt", ">", presented.now)
    .where("tries", "<", presented.triesMax)
    .returning(["userId", "method"])
    .executeTakeFirst();
}

/** Of several racing uses the first takes it away; says whether this was the one. */
export async function deletePendingSignInAcrossWorkspaces(tx: Db, idHash: string): Promise<boolean> {
  const result = await tx.deleteFrom("pendingSignIns").where("idHash", "=", idHash).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

export async function deletePendingSignInsOfUserAcrossWorkspaces(tx: Db, userId: string): Promise<void> {
  await tx.deleteFrom("pendingSignIns").where("userId", "=", userId).execute();
}

export async function deleteStalePendingSignInsAcrossWorkspaces(db: Db, now: Date): Promise<number> {
  const result = await db.deleteFrom("pendingSignIns").where("expiresAt", "<=", now).executeTakeFirst();
  return Number(result.numDeletedRows);
}
