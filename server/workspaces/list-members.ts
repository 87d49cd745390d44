// Who is in the workspace, as what, and what the caller may change about each.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page, PageQuery } from "~/server/zod-shapes";
import { toMemberItem } from "./member-item";
import type { MemberItem } from "./members.contract";
import { listMembers as listMemberRows } from "./members.queries";

export async function listMembers(
  services: Pick<Services, "db">,
  scope: WorkspaceScope,
  query: PageQuery,
): Promise<Page<MemberItem>> {
  const page = { limit: rowsFor(query.limit), after: query.cursor ?? null };
  const rows = await inWorkspace(services.db, scope, (tx) => listMemberRows(tx, scope, page));
  return pageOfRows(rows, query.limit, { cursorOf: (row) => row.userId, toItem: (row) => toMemberItem(scope, row) });
}
