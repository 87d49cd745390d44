// Switches an endpoint off, or on again where its host is still approved.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { findHost } from "./hosts.queries";
import type { SwitchWebhookInput } from "./webhooks.contract";
import { findEndpoint, setEndpointSwitch } from "./webhooks.queries";

/** Switched to where it stands already it stays as it is. Rejects with `CONFLICT` when its host was withdrawn. */
export async function switchWebhook(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  { endpointId, isOn }: SwitchWebhookInput,
): Promise<void> {
  await inWorkspace(needs.db, scope, async (tx) => {
    const row = await findEndpoint(tx, scope, endpointId);
    if (!row) throw notFound("webhook");
    if ((row.disabledAt === null) === isOn) return;
    if (isOn && !(await findHost(tx, scope, row.host))) throw withdrawn(row.host);
    const off = isOn ? null : ({ at: needs.clock.now(), reason: "by_hand" } as const);
    await setEndpointSwitch(tx, scope, { endpointId, off });
    await recordAudit(tx, scope, {
      action: isOn ? "webhook.enable" : "webhook.disable",
      targetKind: "webhook",
      targetId: endpointId,
      metadata: { host: row.host },
    });
  });
}

function withdrawn(host: string): AppError {
  return new AppError("CONFLICT", `${host} is not approved any more. An owner or admin approves it first.`, {
    details: { reason: "webhook_host_not_approved" },
  });
}
