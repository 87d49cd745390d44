// Grace is over: the workspace goes back to what it is entitled to without the payment (MISSION H3).
import { inTransaction } from "~/db/transaction";
import type { Services } from "~/server/services";
import { lockAccountAcrossWorkspaces } from "./accounts.queries";
import { setTier, type TierChange } from "./set-tier";
import { tellOfChange } from "./tell-of-change";

/** Judged by the clock and by what was last known: it does not take Stripe to end a plan that nobody pays for. */
export function endGrace(
  needs: Pick<Services, "across" | "clock" | "config" | "mailer">,
  workspaceId: string,
): Promise<TierChange | null> {
  return inTransaction(needs.across, async (tx) => {
    const account = await lockAccountAcrossWorkspaces(tx, workspaceId);
    if (!account) return null;
    const change = await setTier(tx, account, needs.clock.now(), { actorKind: "system", cause: "grace ended" });
    await tellOfChange(tx, needs, { before: account, after: account, change });
    return change;
  });
}
