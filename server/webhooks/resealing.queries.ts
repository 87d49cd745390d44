// The sealed webhook secrets of a workspace, one page after the other, while they are sealed anew under another data key.
import type { Db } from "~/db/client";

/** In the order of their ids, behind `after`. */
export function listSealedWebhookSecretsAcrossWorkspaces(db: Db, asked: { workspaceId: string; after: string; limit: number }) {
  return db
    .selectFrom("webhookSecrets")
    .select(["id as secretId", "endpointId", "sealedSecret"])
    .where("workspaceId", "=", asked.workspaceId)
    .where("id", ">", asked.after)
    .orderBy("id")
    .limit(asked.limit)
    .execute();
}

/** The same secret in another envelope. False when it was removed meanwhile. */
export async function setResealedWebhookSecretIfSameAcrossWorkspaces(
  db: Db,
  secret: { workspaceId: string; secretId: string; before: Buffer; sealedSecret: Buffer },
): Promise<boolean> {
  const done = await db
    .updateTable("webhookSecrets")
    .set({ sealedSecret: secret.sealedSecret })
    .where("workspaceId", "=", secret.workspaceId)
    .where("id", "=", secret.secretId)
    .where("sealedSecret", "=", secret.before)
    .returning("id")
    .executeTakeFirst();
  return done !== undefined;
}
