// Retention of kept conversations: turns go as soon as their time has run out (MISSION G3, J2).
import type { Services } from "~/server/services";
import { deleteExpiredTurnsAcrossWorkspaces } from "./conversations.queries";

const batchRows = 1_000;
/** So that one run ends; the next one goes on. */
const batchesMax = 500;

/** Answers how many went. Safe to run at any time, also twice at once. */
export async function sweepConversations(needs: Pick<Services, "across" | "clock" | "log">): Promise<number> {
  let deleted = 0;
  for (let batch = 0; batch < batchesMax; batch += 1) {
    const rows = await deleteExpiredTurnsAcrossWorkspaces(needs.across, { now: needs.clock.now(), limit: batchRows });
    deleted += rows;
    if (rows < batchRows) break;
  }
  if (deleted > 0) needs.log.info({ deleted }, "turns of conversations past their time were deleted");
  return deleted;
}
