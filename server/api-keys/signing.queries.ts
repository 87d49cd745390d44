// Signing secrets of an API key; what is sealed is read by the proof of a signature alone.
import type { Insertable } from "kysely";
import type { SigningSecretsTable } from "~/db/tables/signed-calls";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";

export async function insertSigningSecret(
  tx: Tx,
  scope: WorkspaceScope,
  row: Omit<Insertable<SigningSecretsTable>, "workspaceId">,
): Promise<void> {
  await tx
    .insertInto("signingSecrets")
    .values({ ...row, workspaceId: scope.workspaceId })
    .execute();
}

/** Newest first; ids sort by time. */
export function listSigningSecrets(tx: Tx, scope: WorkspaceScope, keyId: string, limit: number) {
  return tx
    .selectFrom("signingSecrets")
    .select(["id as secretId", "hint", "createdAt", "lastUsedAt"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("keyId", "=", keyId)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

export function deleteSigningSecret(tx: Tx, scope: WorkspaceScope, of: { keyId: string; secretId: string }) {
  return tx
    .deleteFrom("signingSecrets")
    .where("workspaceId", "=", scope.workspaceId)
    .where("keyId", "=", of.keyId)
    .where("id", "=", of.secretId)
    .returning("hint")
    .executeTakeFirst();
}
