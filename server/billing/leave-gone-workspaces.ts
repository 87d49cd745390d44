// A workspace that is gone is charged for no longer: its subscriptions are ended at Stripe, whatever became of the request to do so.
import type { Services } from "~/server/services";
import { findAccountAcrossWorkspaces } from "./accounts.queries";
import { listGoneStillPayingAcrossWorkspaces } from "./gone-workspaces.queries";
import { isOver } from "./judge-subscription";
import { reconcileAccount } from "./reconcile-account";

type Needs = Pick<Services, "across" | "clock" | "config" | "log" | "mailer" | "payments">;

const goneMax = 20;
const askAgainAfterMs = 10 * 60_000;

/** Safe to run at any time, also twice at once. */
export async function leaveGoneWorkspaces(needs: Needs): Promise<void> {
  if (!needs.payments) return;
  const askedBefore = new Date(needs.clock.now().getTime() - askAgainAfterMs);
  for (const workspaceId of await listGoneStillPayingAcrossWorkspaces(needs.across, askedBefore, goneMax)) {
    await leave(needs, workspaceId).catch((error: unknown) =>
      needs.log.error(
        { err: error, workspaceId },
        "the subscription of a workspace that is gone could not be ended; a later sweep tries again",
      ),
    );
  }
}

async function leave(needs: Needs, workspaceId: string): Promise<void> {
  const { payments } = needs;
  const account = await findAccountAcrossWorkspaces(needs.across, workspaceId);
  if (!payments || !account?.customerId) return;
  await payments.closeCheckouts(account.customerId);
  const customer = await payments.readCustomer(account.customerId);
  for (const { id, status } of customer?.subscriptions ?? []) {
    if (!isOver(status) || status === "incomplete") await payments.endSubscription(id);
  }
  await reconcileAccount(needs, workspaceId);
  needs.log.info({ workspaceId }, "the subscription of a workspace that is gone was ended");
}
