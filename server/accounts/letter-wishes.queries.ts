// Wishes for letters, by their id. Nobody is signed in where they are made.
import type { Db } from "~/db/client";
import type { LetterWishKind } from "~/db/tables/letter-wishes";

/** `displayName` and `passwordHash` belong to a sign-up. */
export type LetterWish = { kind: LetterWishKind; email: string; displayName: string | null; passwordHash: string | null };

export async function insertLetterWishAcrossWorkspaces(
  db: Db,
  row: LetterWish & { id: string; traceId: string | null; ipAddress: string | null; createdAt: Date },
): Promise<void> {
  await db.insertInto("letterWishes").values(row).execute();
}

/** Takes the wish away and answers it: of several at once only one gets it. */
export function deleteLetterWishAcrossWorkspaces(tx: Db, wishId: string) {
  return tx
    .deleteFrom("letterWishes")
    .where("id", "=", wishId)
    .returning(["kind", "email", "displayName", "passwordHash", "traceId", "ipAddress"])
    .executeTakeFirst();
}

export function listLetterWishesBeforeAcrossWorkspaces(db: Db, before: Date, limit: number) {
  return db.selectFrom("letterWishes").select("id").where("createdAt", "<", before).orderBy("createdAt").limit(limit).execute();
}
