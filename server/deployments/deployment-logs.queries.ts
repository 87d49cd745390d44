// Lines of deployment logs, as their retention looks for them.
import type { Db } from "~/db/client";
import type { Tier } from "~/db/tables/workspaces";

type Past = { tier: Tier; before: Date; limit: number };

/** The oldest first, whatever the workspace. Answers how many went. */
export async function deleteDeploymentLogsAcrossWorkspaces(db: Db, { tier, before, limit }: Past): Promise<number> {
  const result = await db
    .deleteFrom("deploymentLogs")
    .where("seq", "in", (query) =>
      query
        .selectFrom("deploymentLogs")
        .innerJoin("workspaces", "workspaces.id", "deploymentLogs.workspaceId")
        .select("deploymentLogs.seq")
        .where("workspaces.tier", "=", tier)
        .where("deploymentLogs.createdAt", "<", before)
        .orderBy("deploymentLogs.createdAt")
        .limit(limit),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
