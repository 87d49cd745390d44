// What the proof of a signed request reads and leaves: the key with its sealed secrets, and the nonce.
import type { Db } from "~/db/client";

export function listSealedSecretsAcrossWorkspaces(db: Db, keyId: string, limit: number) {
  return db
    .selectFrom("signingSecrets")
    .select(["id as secretId", "workspaceId", "sealedSecret"])
    .where("keyId", "=", keyId)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

export type NewNonce = { workspaceId: string; keyId: string; nonceHash: string; expiresAt: Date };

/** False: it was used before. */
export async function insertNonceIfNewAcrossWorkspaces(db: Db, nonce: NewNonce): Promise<boolean> {
  const result = await db
    .insertInto("requestNonces")
    .values(nonce)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** To the minute. */
export async function setSigningSecretUsedAcrossWorkspaces(db: Db, secretId: string, at: Date): Promise<void> {
  await db
    .updateTable("signingSecrets")
    .set({ lastUsedAt: at })
    .where("id", "=", secretId)
    .where(({ or, eb }) => or([eb("lastUsedAt", "is", null), eb("lastUsedAt", "<", new Date(at.getTime() - 60_000))]))
    .execute();
}

export async function deleteOldNoncesAcrossWorkspaces(db: Db, before: Date, limit: number): Promise<number> {
  const result = await db
    .deleteFrom("requestNonces")
    .where(({ eb, selectFrom, refTuple }) =>
      eb(
        refTuple("keyId", "nonceHash"),
        "in",
        selectFrom("requestNonces")
          .select(["keyId", "nonceHash"])
          .where("expiresAt", "<", before)
          .limit(limit)
          .$asTuple("keyId", "nonceHash"),
      ),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
