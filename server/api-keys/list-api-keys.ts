// The keys of a workspace, the newest first; revoked ones stay visible.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page, PageQuery } from "~/server/zod-shapes";
import type { ApiKeyItem } from "./api-keys.contract";
import { listApiKeyRows } from "./api-keys.queries";

export async function listApiKeys(
  services: Pick<Services, "db">,
  scope: WorkspaceScope,
  query: PageQuery,
): Promise<Page<ApiKeyItem>> {
  const page = { limit: rowsFor(query.limit), before: query.cursor ?? null };
  const rows = await inWorkspace(services.db, scope.workspaceId, (tx) => listApiKeyRows(tx, scope, page));
  return pageOfRows(rows, query.limit, {
    cursorOf: (row) => row.id,
    toItem: ({ id: keyId, ...row }) => ({ keyId, ...row }),
  });
}
