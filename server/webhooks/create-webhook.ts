// Makes an endpoint at an approved host with its first secret, which is in this answer and sealed in its row, nowhere else.
import { answerInWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, invalidField } from "~/server/errors";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { findHost } from "./hosts.queries";
import { makeWebhookSecret } from "./make-webhook-secret";
import { maskWebhookUrl } from "./mask-webhook-url";
import { parseWebhookUrl } from "./parse-webhook-url";
import { webhookUrlPlace } from "./webhook-url-place";
import { webhooksMax } from "./webhook-words.contract";
import type { CreatedWebhook, CreateWebhookInput } from "./webhooks.contract";
import { insertEndpoint, insertSecret, listEndpoints, lockWorkspaceOfWebhooks } from "./webhooks.queries";

/** Rejects with `INVALID_REQUEST` for an address that may not be sent to, `CONFLICT` when there are as many as there may be. */
export async function createWebhook(
  needs: Pick<Services, "db" | "clock" | "vault">,
  scope: WorkspaceScope,
  input: CreateWebhookInput,
): Promise<CreatedWebhook> {
  const { url, host } = parseWebhookUrl(input.url);
  const endpointId = newId("webhookEndpoint");
  const sealedUrl = await needs.vault.seal(webhookUrlPlace(scope.workspaceId, endpointId), url);
  const { secret, ...row } = await makeWebhookSecret(needs.vault, { workspaceId: scope.workspaceId, endpointId });
  const made = { createdBy: scope.principal.userId, createdAt: needs.clock.now() };
  return answerInWorkspace(needs.db, scope, async (tx) => {
    await lockWorkspaceOfWebhooks(tx, scope);
    if (!(await findHost(tx, scope, host))) throw notApproved(host);
    if ((await listEndpoints(tx, scope, webhooksMax)).length >= webhooksMax) throw tooMany();
    const { description, events } = input;
    const on = { disabledAt: null, disabledReason: null, failingSince: null, lastDeliveredAt: null };
    await insertEndpoint(tx, scope, {
      id: endpointId,
      url: maskWebhookUrl(url),
      sealedUrl,
      host,
      description,
      events,
      ...made,
      ...on,
    });
    await insertSecret(tx, scope, { ...row, endpointId, ...made });
    await recordAudit(tx, scope, {
      action: "webhook.create",
      targetKind: "webhook",
      targetId: endpointId,
      metadata: { host, events: events.join(" ") },
    });
    return { endpointId, secretId: row.id, hint: row.hint, secret };
  });
}

function notApproved(host: string): AppError {
  return invalidField("url", `${host} is not approved. An owner or admin approves hosts first.`, "webhook_host_not_approved");
}

function tooMany(): AppError {
  return new AppError("CONFLICT", `A workspace has at most ${webhooksMax} webhooks. Remove one that is not used any more.`, {
    details: { reason: "too_many_webhooks" },
  });
}
