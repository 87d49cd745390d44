// Entries as CSV, the newest first, as many as the filter lets through: for people and their spreadsheets. It proves nothing by itself.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import { type AuditFilter, type AuditRow, listAuditEntries, listPlatformEntriesAcrossWorkspaces } from "./audit.queries";
import { csvLine } from "./csv-line";

const rowsAtOnce = 500;
const head = ["time", "actor_kind", "actor_id", "actor_name", "action", "target_kind", "target_id"];
const tail = ["trace_id", "ip_address", "metadata", "entry_id", "position"];

type Needs = Pick<Services, "db" | "across">;

/** Without a scope: the platform's own log. Never more than one page is in memory. */
export async function* exportEntries(
  needs: Needs,
  scope: WorkspaceScope | null,
  filter: Omit<AuditFilter, "limit" | "beforeSeq">,
): AsyncGenerator<string> {
  yield csvLine([...head, ...tail]);
  let beforeSeq: number | null = null;
  for (;;) {
    const page: AuditFilter = { ...filter, beforeSeq, limit: rowsAtOnce };
    const rows: AuditRow[] = scope
      ? await inWorkspace(needs.db, scope, (tx) => listAuditEntries(tx, scope, page))
      : await listPlatformEntriesAcrossWorkspaces(needs.across, page);
    if (rows.length > 0) yield rows.map(lineOf).join("");
    if (rows.length < rowsAtOnce) return;
    beforeSeq = rows.at(-1)?.seq ?? 0;
  }
}

function lineOf(row: AuditRow): string {
  const { actorKind, actorId, actorName, action, targetKind, targetId, traceId, ipAddress, metadata, auditId, position } = row;
  const said = [row.createdAt.toISOString(), actorKind, actorId, actorName, action, targetKind, targetId, traceId, ipAddress];
  return csvLine([...said, JSON.stringify(metadata), auditId, position]);
}
