// Withdraws the approval of a host: endpoints there are switched off in the same commit, and what waits for them is not sent.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { deleteHost, setEndpointsOfHostOff } from "./hosts.queries";
import { parseWebhookHost } from "./parse-webhook-url";

export async function withdrawHost(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  input: { host: string },
): Promise<void> {
  // However it was written as it was approved, it is withdrawn by the same words.
  const host = parseWebhookHost(input.host);
  await inWorkspace(needs.db, scope, async (tx) => {
    if (!(await deleteHost(tx, scope, host))) throw notFound("approved host");
    const switchedOff = await setEndpointsOfHostOff(tx, scope, host, needs.clock.now());
    await recordAudit(tx, scope, {
      action: "webhook_host.withdraw",
      targetKind: "webhook_host",
      targetId: host,
      metadata: { switchedOff },
    });
  });
}
