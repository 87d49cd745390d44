// Changes which events an endpoint gets, and what people call it. Its address stays: another address is another webhook.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { ChangeWebhookInput } from "./webhooks.contract";
import { setEndpointWords } from "./webhooks.queries";

export async function changeWebhook(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  input: ChangeWebhookInput,
): Promise<void> {
  await inWorkspace(needs.db, scope, async (tx) => {
    if (!(await setEndpointWords(tx, scope, input))) throw notFound("webhook");
    await recordAudit(tx, scope, {
      action: "webhook.change",
      targetKind: "webhook",
      targetId: input.endpointId,
      metadata: { events: input.events.join(" ") },
    });
  });
}
