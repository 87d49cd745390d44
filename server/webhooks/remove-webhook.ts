// Removes an endpoint with its secrets and its deliveries; what waited to be sent there is not sent.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { deleteEndpoint } from "./webhooks.queries";

export async function removeWebhook(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  { endpointId }: { endpointId: string },
): Promise<void> {
  await inWorkspace(needs.db, scope, async (tx) => {
    const removed = await deleteEndpoint(tx, scope, endpointId);
    if (!removed) throw notFound("webhook");
    await recordAudit(tx, scope, {
      action: "webhook.remove",
      targetKind: "webhook",
      targetId: endpointId,
      metadata: { host: removed.host },
    });
  });
}
