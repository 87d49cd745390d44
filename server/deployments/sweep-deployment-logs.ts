// Retention of deployment logs: lines older than the workspace's plan keeps go, a batch at a time; the timeline stays (MISSION J2).
import { tiers } from "~/db/tables/workspaces";
import { keptSince } from "~/server/plans/kept-since";
import { plans } from "~/server/plans/plans";
import type { Services } from "~/server/services";
import { deleteDeploymentLogsAcrossWorkspaces } from "./deployment-logs.queries";

const batchRows = 5_000;
/** So that one run ends; the next one goes on. */
const batchesMax = 200;

/** Answers how many lines went. Safe to run at any time, also twice at once. */
export async function sweepDeploymentLogs(needs: Pick<Services, "across" | "clock" | "log">): Promise<number> {
  const now = needs.clock.now();
  let deleted = 0;
  for (const tier of tiers) {
    const before = keptSince(plans[tier], now).deploymentLogs;
    for (let batch = 0; batch < batchesMax; batch += 1) {
      const rows = await deleteDeploymentLogsAcrossWorkspaces(needs.across, { tier, before, limit: batchRows });
      deleted += rows;
      if (rows < batchRows) break;
    }
  }
  if (deleted > 0) needs.log.info({ deleted }, "lines of deployment logs past their retention were deleted");
  return deleted;
}
