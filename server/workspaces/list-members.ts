// Who is in the workspace.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page, PageQuery } from "~/server/zod-shapes";
import type { MemberItem } from "./workspaces.contract";
import { listMembers as listMemberRows } from "./workspaces.queries";

export async function listMembers(
  services: Pick<Services, "db">,
  scope: WorkspaceScope,
  query: PageQuery,
): Promise<Page<MemberItem>> {
  const page = { limit: rowsFor(query.limit), after: query.cursor ?? null };
  const rows = await inWorkspace(services.db, scope.workspaceId, (tx) => listMemberRows(tx, scope, page));
  return pageOfRows(rows, query.limit, { cursorOf: (row) => row.userId, toItem: (row) => row });
}
