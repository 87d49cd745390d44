// Makes one more secret of an endpoint: from now on each delivery is signed with all of them, so that receivers can change over.
import { answerInWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { makeWebhookSecret } from "./make-webhook-secret";
import { webhookSecretsMax } from "./webhook-words.contract";
import type { CreatedWebhookSecret } from "./webhooks.contract";
import { findEndpoint, insertSecret, listSecrets, lockWorkspaceOfWebhooks } from "./webhooks.queries";

/** Rejects with `CONFLICT` when the endpoint is a channel of Slack, or has as many as may sign at once. */
export async function addWebhookSecret(
  needs: Pick<Services, "db" | "clock" | "vault">,
  scope: WorkspaceScope,
  { endpointId }: { endpointId: string },
): Promise<CreatedWebhookSecret> {
  const { secret, ...row } = await makeWebhookSecret(needs.vault, { workspaceId: scope.workspaceId, endpointId });
  const createdAt = needs.clock.now();
  return answerInWorkspace(needs.db, scope, async (tx) => {
    await lockWorkspaceOfWebhooks(tx, scope);
    const endpoint = await findEndpoint(tx, scope, endpointId);
    if (!endpoint) throw notFound("webhook");
    if (endpoint.kind === "slack") throw signsNothing();
    const others = await listSecrets(tx, scope, { endpointId, limit: webhookSecretsMax });
    if (others.length >= webhookSecretsMax) throw tooMany();
    await insertSecret(tx, scope, { ...row, endpointId, createdBy: scope.principal.userId, createdAt });
    await recordAudit(tx, scope, {
      action: "webhook_secret.create",
      targetKind: "webhook",
      targetId: endpointId,
      metadata: { secretId: row.id },
    });
    return { secretId: row.id, hint: row.hint, createdAt, secret };
  });
}

function tooMany(): AppError {
  const message = `A webhook has at most ${webhookSecretsMax} secrets. Remove one that the receiver does not check any more.`;
  return new AppError("CONFLICT", message, { details: { reason: "too_many_webhook_secrets" } });
}

function signsNothing(): AppError {
  const message =
    "A Slack channel has no secret but its address. To change that, make another incoming webhook in Slack and add it.";
  return new AppError("CONFLICT", message, { details: { reason: "slack_has_no_secrets" } });
}
