// Writes down a new endpoint at a host that was approved: what endpoints of every kind have in common.
import type { WebhookEvent, WebhookKind } from "~/db/tables/webhooks";
import type { Tx } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, invalidField } from "~/server/errors";
import { findHost } from "./hosts.queries";
import { maskWebhookUrl } from "./mask-webhook-url";
import { webhooksMax } from "./webhook-words.contract";
import { insertEndpoint, listEndpoints, lockWorkspaceOfWebhooks } from "./webhooks.queries";

export type NewEndpoint = {
  id: string;
  kind: WebhookKind;
  /** In plain: it is masked before it is written. */
  url: string;
  sealedUrl: Buffer;
  host: string;
  description: string;
  events: WebhookEvent[];
  createdBy: string;
  createdAt: Date;
};

/** Rejects with `INVALID_REQUEST` when the host is not approved, `CONFLICT` when there are as many as there may be. */
export async function addEndpoint(tx: Tx, scope: WorkspaceScope, endpoint: NewEndpoint): Promise<void> {
  const { id, kind, url, host, events } = endpoint;
  await lockWorkspaceOfWebhooks(tx, scope);
  if (!(await findHost(tx, scope, host))) throw notApproved(host);
  if ((await listEndpoints(tx, scope, webhooksMax)).length >= webhooksMax) throw tooMany();
  const on = { disabledAt: null, disabledReason: null, failingSince: null, lastDeliveredAt: null };
  await insertEndpoint(tx, scope, { ...endpoint, url: maskWebhookUrl(url), ...on });
  await recordAudit(tx, scope, {
    action: "webhook.create",
    targetKind: "webhook",
    targetId: id,
    metadata: { kind, host, events: events.join(" ") },
  });
}

function notApproved(host: string): AppError {
  return invalidField("url", `${host} is not approved. An owner or admin approves hosts first.`, "webhook_host_not_approved");
}

function tooMany(): AppError {
  return new AppError("CONFLICT", `A workspace has at most ${webhooksMax} webhooks. Remove one that is not used any more.`, {
    details: { reason: "too_many_webhooks" },
  });
}
