// The agents of the workspace, newest first, in pages.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page } from "~/server/zod-shapes";
import { toAgentItem } from "./agent-item";
import type { AgentItem, ListAgentsInput } from "./agents.contract";
import { listAgentRows } from "./agents.queries";

export async function listAgents(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  input: ListAgentsInput,
): Promise<Page<AgentItem>> {
  const query = { limit: rowsFor(input.limit), before: input.cursor ?? null, search: input.search?.trim() || null };
  const rows = await inWorkspace(needs.db, scope, (tx) => listAgentRows(tx, scope, query));
  return pageOfRows(rows, input.limit, { cursorOf: (row) => row.id, toItem: toAgentItem });
}
