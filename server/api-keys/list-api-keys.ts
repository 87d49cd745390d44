// The keys of a workspace, the newest first; ended ones stay visible.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page, PageQuery } from "~/server/zod-shapes";
import type { ApiKeyItem } from "./api-keys.contract";
import { listApiKeyRows } from "./api-keys.queries";
import { monthOf, toApiKeyItem } from "./judge-api-key";

export async function listApiKeys(
  services: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  query: PageQuery,
): Promise<Page<ApiKeyItem>> {
  const now = services.clock.now();
  const page = { limit: rowsFor(query.limit), before: query.cursor ?? null, month: monthOf(now) };
  const rows = await inWorkspace(services.db, scope, (tx) => listApiKeyRows(tx, scope, page));
  return pageOfRows(rows, query.limit, { cursorOf: (row) => row.id, toItem: (row) => toApiKeyItem(row, now) });
}
