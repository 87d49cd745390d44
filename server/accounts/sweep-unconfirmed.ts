// Removes accounts that were signed up for and never confirmed, with the empty workspace that each began with.
import { inTransaction } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { Services } from "~/server/services";
import { deleteUnconfirmedAccountAcrossWorkspaces, listUnconfirmedAcrossWorkspaces } from "./unconfirmed.queries";

/** The letter's link is dead after a day; whoever signed up gets a month to ask for another one. */
const keptMs = 30 * 24 * 60 * 60_000;
const sweptMax = 200;

/** Somebody else's address does not stay with us because a stranger typed it in once. Answers how many went. */
export async function sweepUnconfirmed({ across, clock }: Pick<Services, "across" | "clock">): Promise<number> {
  const before = new Date(clock.now().getTime() - keptMs);
  const stale = await listUnconfirmedAcrossWorkspaces(across, { before, limit: sweptMax });
  let removed = 0;
  for (const { id } of stale) {
    const isGone = await inTransaction(across, async (tx) => {
      if (!(await deleteUnconfirmedAccountAcrossWorkspaces(tx, { userId: id, before }))) return false;
      await recordPlatformAudit(tx, {
        action: "user.sweep_unconfirmed",
        actorKind: "system",
        targetKind: "user",
        targetId: id,
      });
      return true;
    });
    if (isGone) removed += 1;
  }
  return removed;
}
