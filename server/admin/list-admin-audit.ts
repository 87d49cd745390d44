// The platform's own log, or one workspace's, for the operator; the newest first.
import { platformChain } from "~/server/audit/record-audit";
import { invalidField } from "~/server/errors";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page } from "~/server/zod-shapes";
import type { AdminAuditItem, ListAdminAuditInput } from "./admin.contract";
import { listAuditAcrossWorkspaces } from "./admin.queries";

export async function listAdminAudit(
  services: Pick<Services, "across">,
  input: ListAdminAuditInput,
): Promise<Page<AdminAuditItem>> {
  const { workspaceId: chain = platformChain, about = null, limit } = input;
  const rows = await listAuditAcrossWorkspaces(services.across, {
    chain,
    about,
    beforeSeq: seqOf(input.cursor),
    limit: rowsFor(limit),
  });
  return pageOfRows(rows, limit, { cursorOf: (row) => String(row.seq), toItem: ({ seq: _seq, ...item }) => item });
}

function seqOf(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  if (!/^\d{1,15}$/.test(cursor)) throw invalidField("cursor", "Use the nextCursor of the page before, unchanged.");
  return Number(cursor);
}
