// Who may reach which connected system, the newest grant first.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page, PageQuery } from "~/server/zod-shapes";
import type { SystemGrantItem } from "./system-grants.contract";
import { listSystemGrants as listSystemGrantRows } from "./system-grants.queries";

export async function listSystemGrants(
  services: Pick<Services, "db">,
  scope: WorkspaceScope,
  query: PageQuery,
): Promise<Page<SystemGrantItem>> {
  const page = { limit: rowsFor(query.limit), before: query.cursor ?? null };
  const rows = await inWorkspace(services.db, scope, (tx) => listSystemGrantRows(tx, scope, page));
  return pageOfRows(rows, query.limit, { cursorOf: (row) => row.grantId, toItem: (row) => row });
}
