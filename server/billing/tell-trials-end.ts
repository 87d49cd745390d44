// A letter to the owners before a trial ends, once for each end: from then on it costs something, or stops.
import { inTransaction, type Tx } from "~/db/transaction";
import type { Services } from "~/server/services";
import {
  type AccountRow,
  listOwnersAcrossWorkspaces,
  lockAccountAcrossWorkspaces,
  updateAccountAcrossWorkspaces,
} from "./accounts.queries";
import { trialLetter } from "./billing-letters";
import { nameOfWorkspaceAcrossWorkspaces } from "./workspace-state.queries";

type Needs = Pick<Services, "across" | "clock" | "config" | "mailer">;

/** As early as Stripe's own `customer.subscription.trial_will_end`. */
export const trialToldBeforeMs = 3 * 86_400_000;
const addresseesMax = 20;

/** By the clock, when no event came. */
export function tellTrialsEnd(needs: Needs, workspaceId: string): Promise<void> {
  return inTransaction(needs.across, async (tx) => {
    const account = await lockAccountAcrossWorkspaces(tx, workspaceId);
    if (account) await tellOfTrial(tx, needs, account);
  });
}

/** `account` is locked in this transaction; the note that it was told commits with the letters. */
export async function tellOfTrial(tx: Tx, needs: Omit<Needs, "across">, account: AccountRow): Promise<void> {
  const { workspaceId, trialEndsAt, trialToldFor, cancelsAt } = account;
  const now = needs.clock.now().getTime();
  if (!trialEndsAt || trialEndsAt.getTime() <= now || trialEndsAt.getTime() - now > trialToldBeforeMs) return;
  if (trialToldFor?.getTime() === trialEndsAt.getTime()) return;
  await updateAccountAcrossWorkspaces(tx, workspaceId, { trialToldFor: trialEndsAt });
  const workspaceName = await nameOfWorkspaceAcrossWorkspaces(tx, workspaceId);
  if (workspaceName === null) return;
  const place = { publicUrl: needs.config.publicUrl, workspaceId, workspaceName };
  for (const owner of await listOwnersAcrossWorkspaces(tx, workspaceId, addresseesMax)) {
    await needs.mailer.send(tx, trialLetter(place, owner, { trialEndsAt, isCancelled: cancelsAt !== null }));
  }
}
