// Invoices, refunds and disputes of a workspace, the newest first.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page, PageQuery } from "~/server/zod-shapes";
import type { InvoiceItem } from "./billing.contract";
import { listInvoiceRecords } from "./records.queries";

export async function listInvoices(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  { limit, cursor }: PageQuery,
): Promise<Page<InvoiceItem>> {
  const rows = await inWorkspace(needs.db, scope, (tx) =>
    listInvoiceRecords(tx, scope, { before: cursor ?? null, limit: rowsFor(limit) }),
  );
  return pageOfRows(rows, limit, {
    cursorOf: (row) => row.id,
    toItem: ({ id: recordId, stripeId: _stripeId, ...record }) => ({ recordId, ...record }),
  });
}
