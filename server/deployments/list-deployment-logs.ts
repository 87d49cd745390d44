// What the stages of a deployment wrote, oldest first, in pages.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { invalidField, notFound } from "~/server/errors";
import { pageOfRows, rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import type { Page } from "~/server/zod-shapes";
import type { DeploymentLogLine, ListDeploymentLogsInput } from "./deployments.contract";
import { findDeployment, listLogLines } from "./deployments.queries";

export async function listDeploymentLogs(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  input: ListDeploymentLogsInput,
): Promise<Page<DeploymentLogLine>> {
  const { deploymentId, limit } = input;
  const afterSeq = Number(input.cursor ?? 0);
  if (!Number.isSafeInteger(afterSeq)) throw invalidField("cursor", "This is not a cursor of this list.");
  const rows = await inWorkspace(needs.db, scope, async (tx) => {
    if (!(await findDeployment(tx, scope, deploymentId))) throw notFound("deployment");
    return listLogLines(tx, scope, { deploymentId, afterSeq, limit: rowsFor(limit) });
  });
  return pageOfRows(rows, limit, { cursorOf: (row) => String(row.seq), toItem: (row) => row });
}
