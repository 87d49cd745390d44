// Makes an API key. The key is in this answer and nowhere else: the row holds its hash (MISSION E4).
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import { apiKeyPrefix, newApiKey } from "~/server/auth/api-key-format";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { sha256Hex } from "~/server/sha256";
import type { CreateApiKeyInput, CreatedApiKey } from "./api-keys.contract";
import { countLiveApiKeys, insertApiKey } from "./api-keys.queries";

const liveKeysMax = 100;
const dayMs = 24 * 60 * 60 * 1_000;

export async function createApiKey(
  services: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  input: CreateApiKeyInput,
): Promise<CreatedApiKey> {
  const apiKey = newApiKey();
  const createdAt = services.clock.now();
  const row = {
    id: newId("apiKey"),
    name: input.name,
    preset: input.preset,
    prefix: apiKeyPrefix(apiKey),
    createdBy: scope.principal.userId,
    createdAt,
    expiresAt: input.expiresInDays === null ? null : new Date(createdAt.getTime() + input.expiresInDays * dayMs),
  };
  await inWorkspace(services.db, scope.workspaceId, async (tx) => {
    if ((await countLiveApiKeys(tx, scope, createdAt)) >= liveKeysMax) throw tooManyKeys();
    await insertApiKey(tx, scope, { ...row, secretHash: sha256Hex(apiKey) });
    await recordAudit(tx, scope, {
      action: "api_key.create",
      targetKind: "api_key",
      targetId: row.id,
      metadata: { name: row.name, preset: row.preset, prefix: row.prefix, expiresAt: row.expiresAt },
    });
  });
  const { id: keyId, ...shown } = row;
  return { keyId, ...shown, lastUsedAt: null, revokedAt: null, apiKey };
}

function tooManyKeys(): AppError {
  return new AppError("CONFLICT", `A workspace has at most ${liveKeysMax} keys in use. Revoke one that nobody needs any more.`);
}
