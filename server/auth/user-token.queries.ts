// Single-use tokens, by their hash.
import type { Db } from "~/db/client";
import type { UserTokenPurpose } from "~/db/tables/user-tokens";

type PresentedToken = { tokenHash: string; purpose: UserTokenPurpose; now: Date };

export async function insertTokenAcrossWorkspaces(
  db: Db,
  row: { tokenHash: string; userId: string; purpose: UserTokenPurpose; expiresAt: Date; createdAt: Date },
): Promise<void> {
  await db.insertInto("userTokens").values(row).execute();
}

export function findLiveTokenAcrossWorkspaces(db: Db, presented: PresentedToken) {
  return db
    .selectFrom("userTokens")
    .select("userId")
    .where("tokenHash", "=", presented.tokenHash)
    .where("purpose", "=", presented.purpose)
    .where("usedAt", "is", null)
    .where("expiresAt", ">", presented.now)
    .executeTakeFirst();
}

/** The compare-and-set: only the first of several racing uses finds it unused. */
export function setTokenUsedIfLiveAcrossWorkspaces(db: Db, presented: PresentedToken) {
  return db
    .updateTable("userTokens")
    .set({ usedAt: presented.now })
    .where("tokenHash", "=", presented.tokenHash)
    .where("purpose", "=", presented.purpose)
    .where("usedAt", "is", null)
    .where("expiresAt", ">", presented.now)
    .returning("userId")
    .executeTakeFirst();
}

export async function setTokensUsedAcrossWorkspaces(
  db: Db,
  owner: { userId: string; purpose: UserTokenPurpose },
  now: Date,
): Promise<void> {
  await db
    .updateTable("userTokens")
    .set({ usedAt: now })
    .where("userId", "=", owner.userId)
    .where("purpose", "=", owner.purpose)
    .where("usedAt", "is", null)
    .execute();
}

/** Of every purpose. */
export async function setAllTokensUsedAcrossWorkspaces(db: Db, userId: string, now: Date): Promise<void> {
  await db.updateTable("userTokens").set({ usedAt: now }).where("userId", "=", userId).where("usedAt", "is", null).execute();
}

export async function deleteTokensExpiredBeforeAcrossWorkspaces(db: Db, before: Date): Promise<number> {
  const result = await db.deleteFrom("userTokens").where("expiresAt", "<", before).executeTakeFirst();
  return Number(result.numDeletedRows);
}
