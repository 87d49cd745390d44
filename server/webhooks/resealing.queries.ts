// The sealed secrets and addresses of a workspace's webhooks, one page after the other, while they are sealed anew under another data key.
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

/** In the order of their ids, behind `after`. */
export function listSealedWebhookUrlsAcrossWorkspaces(db: Db, asked: { workspaceId: string; after: string; limit: number }) {
  return db
    .selectFrom("webhookEndpoints")
    .select(["id as endpointId", "sealedUrl"])
    .where("workspaceId", "=", asked.workspaceId)
    .where("sealedUrl", "is not", null)
    .$narrowType<{ sealedUrl: Buffer }>()
    .where("id", ">", asked.after)
    .orderBy("id")
    .limit(asked.limit)
    .execute();
}

/** The same address in another envelope. False when it was removed meanwhile. */
export async function setResealedWebhookUrlIfSameAcrossWorkspaces(
  db: Db,
  address: { workspaceId: string; endpointId: string; before: Buffer; sealedUrl: Buffer },
): Promise<boolean> {
  const done = await db
    .updateTable("webhookEndpoints")
    .set({ sealedUrl: address.sealedUrl })
    .where("workspaceId", "=", address.workspaceId)
    .where("id", "=", address.endpointId)
    .where("sealedUrl", "=", address.before)
    .returning("id")
    .executeTakeFirst();
  return done !== undefined;
}
