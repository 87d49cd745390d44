// The approved hosts and the endpoints of a workspace, with the hints of their secrets, never the secrets.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import { listHosts } from "./hosts.queries";
import { webhookHostsMax, webhookSecretsMax, webhooksMax } from "./webhook-words.contract";
import type { WebhookItem, WebhookSecretItem, Webhooks } from "./webhooks.contract";
import { type findEndpoint, listEndpoints, listSecrets } from "./webhooks.queries";

export function listWebhooks(needs: Pick<Services, "config" | "db">, scope: WorkspaceScope): Promise<Webhooks> {
  return inWorkspace(needs.db, scope, async (tx) => {
    const hosts = await listHosts(tx, scope, webhookHostsMax);
    const rows = await listEndpoints(tx, scope, webhooksMax);
    const secrets = await listSecrets(tx, scope, { endpointId: null, limit: webhooksMax * webhookSecretsMax });
    const approved = new Set(hosts.map(({ host }) => host));
    const items = rows.map((row) => {
      const own = secrets.filter(({ endpointId }) => endpointId === row.endpointId);
      return toWebhookItem(row, { isHostApproved: approved.has(row.host), secrets: own });
    });
    return { hosts, items, slackHosts: [...needs.config.slackHosts] };
  });
}

type EndpointRow = NonNullable<Awaited<ReturnType<typeof findEndpoint>>>;

export function toWebhookItem(
  { disabledAt, disabledReason, ...row }: EndpointRow,
  of: { isHostApproved: boolean; secrets: WebhookSecretItem[] },
): WebhookItem {
  const secrets = of.secrets.map(({ secretId, hint, createdAt }) => ({ secretId, hint, createdAt }));
  return {
    ...row,
    isHostApproved: of.isHostApproved,
    isOn: disabledAt === null,
    offReason: disabledReason,
    offSince: disabledAt,
    secrets,
  };
}
