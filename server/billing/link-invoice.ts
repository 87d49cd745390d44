// The way to an invoice's paper: asked of Stripe as somebody wants it, so that no address that opens it is kept here (MISSION H1).
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { assertBillingIsOn } from "./assert-billing-is-on";
import type { HostedPage, InvoiceLinkInput } from "./billing.contract";
import { limitHostedPages } from "./limit-hosted-pages";
import { findInvoiceRecord } from "./records.queries";

/** Rejects with `NOT_FOUND` for whatever is no invoice of this workspace, and with `CONFLICT` when Stripe has no such paper. */
export async function linkInvoice(
  needs: Pick<Services, "db" | "payments" | "redis">,
  scope: WorkspaceScope,
  { recordId, paper }: InvoiceLinkInput,
): Promise<HostedPage> {
  const record = await inWorkspace(needs.db, scope, (tx) => findInvoiceRecord(tx, scope, recordId));
  if (!record) throw notFound("invoice");
  const payments = assertBillingIsOn(needs);
  await limitHostedPages(needs, scope);
  const links = await payments.readInvoiceLinks(record.stripeId);
  const url = paper === "pdf" ? links?.pdfUrl : links?.pageUrl;
  if (url) return { url };
  throw new AppError("CONFLICT", "Stripe has no such paper for this invoice. Its numbers are in the list.", {
    details: { reason: "no_paper" },
  });
}
