// Passkeys of people, and the challenges that wait for an answer of one.
import type { Db } from "~/db/client";
import type { PasskeyPurpose } from "~/db/tables/passkey-challenges";

export function listPasskeysAcrossWorkspaces(db: Db, userId: string, limit: number) {
  return db
    .selectFrom("userPasskeys")
    .select(["id", "name", "credentialId", "transports", "isBackedUp", "createdAt", "lastUsedAt"])
    .where("userId", "=", userId)
    .orderBy("createdAt")
    .limit(limit)
    .execute();
}

/** The passkey and its person. */
export function findPasskeyAcrossWorkspaces(db: Db, credentialId: string) {
  return db
    .selectFrom("userPasskeys as passkey")
    .innerJoin("users", "users.id", "passkey.userId")
    .select([
      "passkey.id",
      "passkey.userId",
      "passkey.publicKey",
      "passkey.counter",
      "passkey.name",
      "users.disabledAt as userDisabledAt",
    ])
    .where("passkey.credentialId", "=", credentialId)
    .executeTakeFirst();
}

/** Nothing comes back when somebody has this credential already. */
export function insertPasskeyIfAbsentAcrossWorkspaces(
  tx: Db,
  row: {
    id: string;
    userId: string;
    credentialId: string;
    publicKey: Buffer;
    counter: number;
    transports: string[];
    isBackedUp: boolean;
    isMultiDevice: boolean;
    name: string;
    createdAt: Date;
  },
) {
  return tx
    .insertInto("userPasskeys")
    .values({ ...row, lastUsedAt: null })
    .onConflict((conflict) => conflict.column("credentialId").doNothing())
    .returning("id")
    .executeTakeFirst();
}

type PasskeyUse = { id: string; counter: number; isBackedUp: boolean; now: Date };

/** The compare-and-set: a counter only grows. Authenticators that do not count always say zero. */
export function setPasskeyUsedIfNewerAcrossWorkspaces(tx: Db, used: PasskeyUse) {
  return tx
    .updateTable("userPasskeys")
    .set({ counter: used.counter, isBackedUp: used.isBackedUp, lastUsedAt: used.now })
    .where("id", "=", used.id)
    .where((where) =>
      where.or([where("counter", "<", used.counter), where.and([where("counter", "=", 0), where.val(used.counter === 0)])]),
    )
    .returning("userId")
    .executeTakeFirst();
}

/** Only when it is this person's. */
export function deletePasskeyAcrossWorkspaces(tx: Db, passkey: { userId: string; passkeyId: string }) {
  return tx
    .deleteFrom("userPasskeys")
    .where("userId", "=", passkey.userId)
    .where("id", "=", passkey.passkeyId)
    .returning("name")
    .executeTakeFirst();
}

export async function insertChallengeAcrossWorkspaces(
  db: Db,
  row: {
    browserHash: string;
    purpose: PasskeyPurpose;
    userId: string | null;
    challenge: string;
    expiresAt: Date;
    createdAt: Date;
  },
): Promise<void> {
  await db.insertInto("passkeyChallenges").values(row).execute();
}

/** Of several racing answers the first takes it away. */
export function deleteLiveChallengeAcrossWorkspaces(
  db: Db,
  presented: { browserHash: string; purpose: PasskeyPurpose; userId: string | null; now: Date },
) {
  return db
    .deleteFrom("passkeyChallenges")
    .where("browserHash", "=", presented.browserHash)
    .where("purpose", "=", presented.purpose)
    .where("userId", "is not distinct from", presented.userId)
    .where("expiresAt", ">", presented.now)
    .returning("challenge")
    .executeTakeFirst();
}

export async function deleteStaleChallengesAcrossWorkspaces(db: Db, now: Date): Promise<number> {
  const result = await db.deleteFrom("passkeyChallenges").where("expiresAt", "<=", now).executeTakeFirst();
  return Number(result.numDeletedRows);
}
