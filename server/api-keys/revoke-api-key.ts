// Ends a key: here at once, in every other process within a second. Revoking twice changes nothing.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import { forgetApiKey } from "~/server/auth/prove-api-key";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { ApiKeyItem } from "./api-keys.contract";
import { setApiKeyRevoked } from "./api-keys.queries";

export async function revokeApiKey(
  services: Pick<Services, "db" | "across" | "clock" | "log">,
  scope: WorkspaceScope,
  input: { keyId: string },
): Promise<ApiKeyItem> {
  const row = await inWorkspace(services.db, scope.workspaceId, async (tx) => {
    const revoked = await setApiKeyRevoked(tx, scope, input.keyId, services.clock.now());
    if (!revoked) throw notFound("API key");
    await recordAudit(tx, scope, {
      action: "api_key.revoke",
      targetKind: "api_key",
      targetId: revoked.id,
      metadata: { name: revoked.name, prefix: revoked.prefix },
    });
    return revoked;
  });
  const { id: keyId, secretHash, ...shown } = row;
  forgetApiKey(services, secretHash);
  return { keyId, ...shown };
}
