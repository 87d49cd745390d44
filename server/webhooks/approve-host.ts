// Approves a host for webhooks: without it nothing of this workspace is ever sent there (MISSION I4).
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { insertHostIfNone, listHosts } from "./hosts.queries";
import { parseWebhookHost } from "./parse-webhook-url";
import { webhookHostsMax } from "./webhook-words.contract";
import { lockWorkspaceOfWebhooks } from "./webhooks.queries";

/** Approved twice it stays as it was. Rejects with `CONFLICT` when there are as many as there may be. */
export async function approveHost(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  input: { host: string },
): Promise<void> {
  const host = parseWebhookHost(input.host);
  await inWorkspace(needs.db, scope, async (tx) => {
    await lockWorkspaceOfWebhooks(tx, scope);
    const hosts = await listHosts(tx, scope, webhookHostsMax);
    if (hosts.some((one) => one.host === host)) return;
    if (hosts.length >= webhookHostsMax) throw tooMany();
    await insertHostIfNone(tx, scope, { host, approvedBy: scope.principal.userId, approvedAt: needs.clock.now() });
    await recordAudit(tx, scope, { action: "webhook_host.approve", targetKind: "webhook_host", targetId: host });
  });
}

function tooMany(): AppError {
  const message = `A workspace approves at most ${webhookHostsMax} hosts. Withdraw one that nothing is sent to any more.`;
  return new AppError("CONFLICT", message, { details: { reason: "too_many_webhook_hosts" } });
}
