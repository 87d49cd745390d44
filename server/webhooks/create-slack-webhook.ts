// Makes an endpoint that is an incoming webhook of Slack: its address is its secret, sealed in its row and in no answer.
import { answerInWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { addEndpoint } from "./add-endpoint";
import { parseSlackUrl } from "./parse-slack-url";
import { webhookUrlPlace } from "./webhook-url-place";
import type { CreatedSlackWebhook, CreateWebhookInput } from "./webhooks.contract";

/** Rejects with `INVALID_REQUEST` for an address that is not Slack's, `CONFLICT` when there are as many as there may be. */
export async function createSlackWebhook(
  needs: Pick<Services, "db" | "clock" | "config" | "vault">,
  scope: WorkspaceScope,
  input: CreateWebhookInput,
): Promise<CreatedSlackWebhook> {
  const { url, host } = parseSlackUrl(input.url, needs.config.slackHosts);
  const id = newId("webhookEndpoint");
  const sealedUrl = await needs.vault.seal(webhookUrlPlace(scope.workspaceId, id), url);
  const made = { createdBy: scope.principal.userId, createdAt: needs.clock.now() };
  const { description, events } = input;
  return answerInWorkspace(needs.db, scope, async (tx) => {
    await addEndpoint(tx, scope, { id, kind: "slack", url, sealedUrl, host, description, events, ...made });
    return { endpointId: id };
  });
}
