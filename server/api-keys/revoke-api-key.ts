// Ends a key: here at once, in every other process within a second. Revoking twice changes nothing.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import { announceKeyChange } from "~/server/auth/key-changes";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { ApiKeyItem } from "./api-keys.contract";
import { setApiKeyRevoked } from "./api-keys.queries";
import { readApiKey } from "./read-api-key";

export async function revokeApiKey(
  services: Pick<Services, "db" | "across" | "clock" | "log" | "redis">,
  scope: WorkspaceScope,
  input: { keyId: string },
): Promise<ApiKeyItem> {
  const now = services.clock.now();
  const item = await inWorkspace(services.db, scope, async (tx) => {
    if (!(await setApiKeyRevoked(tx, scope, input.keyId, now))) throw notFound("API key");
    const revoked = await readApiKey(tx, scope, input.keyId, now);
    await recordAudit(tx, scope, {
      action: "api_key.revoke",
      targetKind: "api_key",
      targetId: input.keyId,
      metadata: { name: revoked.name, prefix: revoked.prefix },
    });
    return revoked;
  });
  announceKeyChange(services, input.keyId);
  return item;
}
