// The versions of an agent, newest first, in pages.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { invalidField, notFound } from "~/server/errors";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page } from "~/server/zod-shapes";
import { toDeploymentItem } from "./deployment-item";
import type { DeploymentItem, ListDeploymentsInput } from "./deployments.contract";
import { findAgentOfDeployments, listDeploymentRows } from "./deployments.queries";

export async function listDeployments(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  input: ListDeploymentsInput,
): Promise<Page<DeploymentItem>> {
  const before = input.cursor === undefined ? null : Number(input.cursor);
  if (before !== null && !Number.isSafeInteger(before)) throw invalidField("cursor", "This is not a cursor of this list.");
  const rows = await inWorkspace(needs.db, scope, async (tx) => {
    if (!(await findAgentOfDeployments(tx, scope, input.agentId))) throw notFound("agent");
    return listDeploymentRows(tx, scope, { agentId: input.agentId, limit: rowsFor(input.limit), before });
  });
  return pageOfRows(rows, input.limit, { cursorOf: (row) => String(row.version), toItem: toDeploymentItem });
}
