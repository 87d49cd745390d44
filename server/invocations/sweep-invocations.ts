// Retention of call records: what is older than the workspace's plan keeps goes, a batch at a time (MISSION J2).
import { tiers } from "~/db/tables/workspaces";
import { keptSince } from "~/server/plans/kept-since";
import { plans } from "~/server/plans/plans";
import type { Services } from "~/server/services";
import { deleteInvocationsAcrossWorkspaces } from "./invocations.queries";

const batchRows = 5_000;
/** So that one run ends; the next one goes on. */
const batchesMax = 200;

/** Answers how many rows went. Safe to run at any time. */
export async function sweepInvocations(needs: Pick<Services, "across" | "clock" | "log">): Promise<number> {
  const now = needs.clock.now();
  let deleted = 0;
  for (const tier of tiers) {
    const before = keptSince(plans[tier], now).calls;
    for (let batch = 0; batch < batchesMax; batch += 1) {
      const rows = await deleteInvocationsAcrossWorkspaces(needs.across, { tier, before, limit: batchRows });
      deleted += rows;
      if (rows < batchRows) break;
    }
  }
  if (deleted > 0) needs.log.info({ deleted }, "records of calls past their retention were deleted");
  return deleted;
}
