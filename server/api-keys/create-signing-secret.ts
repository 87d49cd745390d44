// Makes one more secret by which the holder of a key may sign calls; it is in this answer and sealed in its row, nowhere else (MISSION E7).
import { randomBytes } from "node:crypto";
import { answerInWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import { announceKeyChange } from "~/server/auth/key-changes";
import type { WorkspaceScope } from "~/server/auth/scope";
import { signingSecretPlace } from "~/server/auth/signing-secret-place";
import { AppError } from "~/server/errors";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { lockKeysOfWorkspace } from "./api-keys.queries";
import { readApiKey } from "./read-api-key";
import type { CreatedSigningSecret } from "./signing.contract";
import { insertSigningSecret, listSigningSecrets } from "./signing.queries";
import { signingSecretsMax } from "./signing-words.contract";

const secretBytes = 32;
const hintCharacters = 10;

/** Rejects with `CONFLICT` when the key has ended, or has as many secrets as may count at once. */
export async function createSigningSecret(
  services: Pick<Services, "db" | "across" | "clock" | "log" | "redis" | "vault">,
  scope: WorkspaceScope,
  { keyId }: { keyId: string },
): Promise<CreatedSigningSecret> {
  const now = services.clock.now();
  const [secretId, secret] = [newId("signingSecret"), `whs_sign_${randomBytes(secretBytes).toString("base64url")}`];
  const hint = secret.slice(0, hintCharacters + 2);
  const sealedSecret = await services.vault.seal(signingSecretPlace(scope.workspaceId, { keyId, secretId }), secret);
  const created = await answerInWorkspace(services.db, scope, async (tx) => {
    await lockKeysOfWorkspace(tx, scope);
    const key = await readApiKey(tx, scope, keyId, now);
    if (key.state !== "works" && key.state !== "superseded") throw keyEnded(key.state);
    const others = await listSigningSecrets(tx, scope, keyId, signingSecretsMax);
    if (others.length >= signingSecretsMax) throw tooMany();
    await insertSigningSecret(tx, scope, {
      id: secretId,
      keyId,
      sealedSecret,
      hint,
      createdBy: scope.principal.userId,
      createdAt: now,
      lastUsedAt: null,
    });
    await recordAudit(tx, scope, {
      action: "signing_secret.create",
      targetKind: "api_key",
      targetId: keyId,
      metadata: { secretId, name: key.name },
    });
    return { secretId, hint, createdAt: now, lastUsedAt: null, secret };
  });
  announceKeyChange(services, keyId);
  return created;
}

function keyEnded(state: string): AppError {
  return new AppError("CONFLICT", `This key is ${state}, so nothing can be signed for it. Use one that works.`, {
    details: { reason: "key_not_live" },
  });
}

function tooMany(): AppError {
  return new AppError(
    "CONFLICT",
    `A key has at most ${signingSecretsMax} signing secrets. Remove one that nobody uses any more.`,
    {
      details: { reason: "too_many_signing_secrets" },
    },
  );
}
