// Removes a secret of an endpoint, never the last one: nothing is sent without a signature.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { webhookSecretsMax } from "./webhook-words.contract";
import { deleteSecret, listSecrets, lockWorkspaceOfWebhooks } from "./webhooks.queries";

export async function removeWebhookSecret(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  { endpointId, secretId }: { endpointId: string; secretId: string },
): Promise<void> {
  await inWorkspace(needs.db, scope, async (tx) => {
    await lockWorkspaceOfWebhooks(tx, scope);
    const secrets = await listSecrets(tx, scope, { endpointId, limit: webhookSecretsMax });
    if (!secrets.some((secret) => secret.secretId === secretId)) throw notFound("webhook secret");
    if (secrets.length === 1) throw isLast();
    await deleteSecret(tx, scope, { endpointId, secretId });
    await recordAudit(tx, scope, {
      action: "webhook_secret.remove",
      targetKind: "webhook",
      targetId: endpointId,
      metadata: { secretId },
    });
  });
}

function isLast(): AppError {
  return new AppError("CONFLICT", "This is the only secret: nothing is sent unsigned. Make another one first.", {
    details: { reason: "last_webhook_secret" },
  });
}
