// One endpoint with the hints of its secrets.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { findHost } from "./hosts.queries";
import { toWebhookItem } from "./list-webhooks";
import { webhookSecretsMax } from "./webhook-words.contract";
import type { WebhookItem } from "./webhooks.contract";
import { findEndpoint, listSecrets } from "./webhooks.queries";

export function getWebhook(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  { endpointId }: { endpointId: string },
): Promise<WebhookItem> {
  return inWorkspace(needs.db, scope, async (tx) => {
    const row = await findEndpoint(tx, scope, endpointId);
    if (!row) throw notFound("webhook");
    const isHostApproved = (await findHost(tx, scope, row.host)) !== undefined;
    const secrets = await listSecrets(tx, scope, { endpointId, limit: webhookSecretsMax });
    return toWebhookItem(row, { isHostApproved, secrets });
  });
}
