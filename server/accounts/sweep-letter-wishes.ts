// Rings for wishes for letters whose ring was lost.
import type { Services } from "~/server/services";
import { grantLetterWishJob } from "./accounts.jobs";
import { listLetterWishesBeforeAcrossWorkspaces } from "./letter-wishes.queries";

/** A fresh wish's own ring is on its way. */
const graceMs = 5_000;
const rungMax = 500;

export async function sweepLetterWishes(needs: Pick<Services, "across" | "clock" | "queue">): Promise<void> {
  const before = new Date(needs.clock.now().getTime() - graceMs);
  const wishes = await listLetterWishesBeforeAcrossWorkspaces(needs.across, before, rungMax);
  for (const { id } of wishes) await needs.queue.ring(grantLetterWishJob, { wishId: id });
}
