// Switches an endpoint off that takes nothing, and tells owners and admins: once, whoever of several workers comes first.
import type { OffReason } from "~/db/tables/webhooks";
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import type { Services } from "~/server/services";
import { listWebhookReadersAcrossWorkspaces, setEndpointOffIfOnAcrossWorkspaces } from "./sending.queries";
import { webhookLetter } from "./webhook-letter";

const lettersMax = 50;

export async function giveUpEndpoint(
  needs: Pick<Services, "across" | "clock" | "config" | "log" | "mailer">,
  of: { workspaceId: string; endpointId: string; workspaceName: string },
  reason: Extract<OffReason, "failing" | "gone">,
): Promise<void> {
  await inTransaction(needs.across, async (tx) => {
    const { workspaceId, endpointId } = of;
    const off = await setEndpointOffIfOnAcrossWorkspaces(tx, { workspaceId, endpointId, at: needs.clock.now(), reason });
    if (!off) return;
    await recordWorkspaceAudit(tx, workspaceId, {
      actorKind: "system",
      action: "webhook.give_up",
      targetKind: "webhook",
      targetId: endpointId,
      metadata: { kind: off.kind, host: off.host, reason },
    });
    for (const reader of await listWebhookReadersAcrossWorkspaces(tx, workspaceId, lettersMax)) {
      const { publicUrl } = needs.config;
      await needs.mailer.send(tx, webhookLetter({ ...of, publicUrl, reader, kind: off.kind, host: off.host, reason }));
    }
    needs.log.warn({ workspaceId, endpointId, reason }, "a webhook was switched off");
  });
}
