// Ends a signing secret: here at once, in every other process within a second.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import { announceKeyChange } from "~/server/auth/key-changes";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { deleteSigningSecret } from "./signing.queries";

export async function removeSigningSecret(
  services: Pick<Services, "db" | "across" | "clock" | "log" | "redis">,
  scope: WorkspaceScope,
  { keyId, secretId }: { keyId: string; secretId: string },
): Promise<void> {
  await inWorkspace(services.db, scope, async (tx) => {
    if (!(await deleteSigningSecret(tx, scope, { keyId, secretId }))) throw notFound("signing secret");
    await recordAudit(tx, scope, {
      action: "signing_secret.remove",
      targetKind: "api_key",
      targetId: keyId,
      metadata: { secretId },
    });
  });
  announceKeyChange(services, keyId);
}
