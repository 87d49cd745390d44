// Makes a signed endpoint at an approved host with its first secret, which is in this answer and sealed in its row, nowhere else.
import { answerInWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { invalidField } from "~/server/errors";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { addEndpoint } from "./add-endpoint";
import { makeWebhookSecret } from "./make-webhook-secret";
import { isSlackUrl } from "./parse-slack-url";
import { parseWebhookUrl } from "./parse-webhook-url";
import { webhookUrlPlace } from "./webhook-url-place";
import type { CreatedWebhook, CreateWebhookInput } from "./webhooks.contract";
import { insertSecret } from "./webhooks.queries";

/** Rejects with `INVALID_REQUEST` for an address that may not be sent to, `CONFLICT` when there are as many as there may be. */
export async function createWebhook(
  needs: Pick<Services, "db" | "clock" | "config" | "vault">,
  scope: WorkspaceScope,
  input: CreateWebhookInput,
): Promise<CreatedWebhook> {
  const { url, host } = parseWebhookUrl(input.url);
  if (isSlackUrl(new URL(url), needs.config.slackHosts)) throw isSlacks();
  const endpointId = newId("webhookEndpoint");
  const sealedUrl = await needs.vault.seal(webhookUrlPlace(scope.workspaceId, endpointId), url);
  const { secret, ...row } = await makeWebhookSecret(needs.vault, { workspaceId: scope.workspaceId, endpointId });
  const made = { createdBy: scope.principal.userId, createdAt: needs.clock.now() };
  return answerInWorkspace(needs.db, scope, async (tx) => {
    const { description, events } = input;
    await addEndpoint(tx, scope, { id: endpointId, kind: "signed", url, sealedUrl, host, description, events, ...made });
    await insertSecret(tx, scope, { ...row, endpointId, ...made });
    return { endpointId, secretId: row.id, hint: row.hint, secret };
  });
}

/** Slack takes nothing but messages, so each of its deliveries would be refused there. */
function isSlacks() {
  const message = "That is the address of a Slack channel. Add it as one, and events arrive there as messages.";
  return invalidField("url", message, "webhook_url_of_slack");
}
