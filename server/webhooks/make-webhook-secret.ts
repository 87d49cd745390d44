// A fresh secret as Standard Webhooks writes them, sealed for its row.
import { randomBytes } from "node:crypto";
import { newId } from "~/server/ids";
import type { Vault } from "~/server/vault/vault";
import { webhookSecretPlace } from "./webhook-secret-place";

const secretBytes = 32;
const hintCharacters = 10;

export type MadeSecret = { id: string; secret: string; hint: string; sealedSecret: Buffer };

export async function makeWebhookSecret(vault: Vault, of: { workspaceId: string; endpointId: string }): Promise<MadeSecret> {
  const [id, secret] = [newId("webhookSecret"), `whsec_${randomBytes(secretBytes).toString("base64")}`];
  const sealedSecret = await vault.seal(webhookSecretPlace(of.workspaceId, { endpointId: of.endpointId, secretId: id }), secret);
  return { id, secret, hint: secret.slice(0, hintCharacters), sealedSecret };
}
