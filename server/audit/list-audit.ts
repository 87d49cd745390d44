// The audit log of a workspace, the newest first, narrowed by trace, action, actor, target or time.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { invalidField } from "~/server/errors";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page } from "~/server/zod-shapes";
import type { AuditItem, ListAuditInput } from "./audit.contract";
import { listAuditEntries } from "./audit.queries";
import { filterOf } from "./audit-filter";

export async function listAudit(
  services: Pick<Services, "db">,
  scope: WorkspaceScope,
  input: ListAuditInput,
): Promise<Page<AuditItem>> {
  const filter = { ...filterOf(input), limit: rowsFor(input.limit), beforeSeq: seqOf(input.cursor) };
  const rows = await inWorkspace(services.db, scope, (tx) => listAuditEntries(tx, scope, filter));
  return pageOfRows(rows, input.limit, {
    cursorOf: (row) => String(row.seq),
    toItem: ({ seq: _seq, ...item }) => item,
  });
}

function seqOf(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  if (!/^\d{1,15}$/.test(cursor)) throw invalidField("cursor", "Use the nextCursor of the page before, unchanged.");
  return Number(cursor);
}
