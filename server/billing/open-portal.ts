// Opens Stripe's Customer Portal, where a subscription is changed, cancelled and paid, and invoices are found (MISSION H1).
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import { findAccount } from "./accounts.queries";
import { assertBillingIsOn } from "./assert-billing-is-on";
import type { HostedPage } from "./billing.contract";
import { limitHostedPages } from "./limit-hosted-pages";

/** Rejects with `CONFLICT` when billing is off, or when nothing was ever bought. */
export async function openPortal(
  needs: Pick<Services, "config" | "db" | "payments" | "redis">,
  scope: WorkspaceScope,
): Promise<HostedPage> {
  const payments = assertBillingIsOn(needs);
  await limitHostedPages(needs, scope);
  const account = await inWorkspace(needs.db, scope, (tx) => findAccount(tx, scope));
  if (!account?.customerId) {
    throw new AppError("CONFLICT", "Nothing was bought for this workspace yet. Choose a plan first.", {
      details: { reason: "no_customer" },
    });
  }
  const returnUrl = new URL(`/w/${scope.workspaceId}/billing`, needs.config.publicUrl).href;
  // Every visit is one of its own: the address of an earlier one may be used up.
  const idempotencyKey = `portal-${newId("event")}`;
  const page = await payments.openPortal({ customerId: account.customerId, returnUrl, idempotencyKey });
  await inWorkspace(needs.db, scope, (tx) =>
    recordAudit(tx, scope, { action: "billing.portal", targetKind: "workspace", targetId: scope.workspaceId }),
  );
  return page;
}
