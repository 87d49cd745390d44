// Forgets requests whose day is over; rung on a schedule.
import type { Services } from "~/server/services";
import { deleteExpiredKeysAcrossWorkspaces } from "./idempotency.queries";

const deletedAtOnce = 1_000;
const roundsMax = 100;

/** Answers how many it removed. What is over its day counts as gone before the sweep as well. */
export async function sweepIdempotencyKeys(needs: Pick<Services, "across" | "clock" | "log">): Promise<number> {
  let removed = 0;
  for (let round = 0; round < roundsMax; round += 1) {
    const count = await deleteExpiredKeysAcrossWorkspaces(needs.across, needs.clock.now(), deletedAtOnce);
    removed += count;
    if (count < deletedAtOnce) break;
  }
  if (removed > 0) needs.log.info({ removed }, "forgot idempotency keys");
  return removed;
}
