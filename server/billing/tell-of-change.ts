// Letters to the owners when money or plan changed: posted in the transaction of the change, so one change is one letter.
import type { Tx } from "~/db/transaction";
import type { Services } from "~/server/services";
import { type AccountRow, listOwnersAcrossWorkspaces } from "./accounts.queries";
import { cancelLetter, paymentFailedLetter, paymentRecoveredLetter, planLetter } from "./billing-letters";
import type { TierChange } from "./set-tier";
import { nameOfWorkspaceAcrossWorkspaces } from "./workspace-state.queries";

type Needs = Pick<Services, "config" | "mailer">;
type Change = { before: AccountRow; after: AccountRow; change: TierChange | null };

const addresseesMax = 20;

export async function tellOfChange(tx: Tx, needs: Needs, { before, after, change }: Change): Promise<void> {
  const makers = lettersOf({ before, after, change });
  if (makers.length === 0) return;
  const { workspaceId } = after;
  const workspaceName = change?.workspaceName ?? (await nameOfWorkspaceAcrossWorkspaces(tx, workspaceId));
  // Gone: nobody is left to be told.
  if (workspaceName === null) return;
  const place = { publicUrl: needs.config.publicUrl, workspaceId, workspaceName };
  for (const owner of await listOwnersAcrossWorkspaces(tx, workspaceId, addresseesMax)) {
    for (const make of makers) await needs.mailer.send(tx, make(place, owner));
  }
}

type LetterMaker = (...about: Parameters<typeof paymentRecoveredLetter>) => ReturnType<typeof paymentRecoveredLetter>;

function lettersOf({ before, after, change }: Change): LetterMaker[] {
  const letters: LetterMaker[] = [];
  const { graceEndsAt, cancelsAt } = after;
  const isNewTrouble = !before.pastDueSince && after.pastDueSince;
  const isRecovered = before.pastDueSince && !after.pastDueSince && after.subscriptionStatus === "active";
  if (isNewTrouble && graceEndsAt) letters.push((place, to) => paymentFailedLetter(place, to, graceEndsAt));
  if (isRecovered) letters.push(paymentRecoveredLetter);
  if (!before.cancelsAt && cancelsAt && after.subscriptionStatus === "active") {
    letters.push((place, to) => cancelLetter(place, to, cancelsAt));
  }
  if (change) letters.push((place, to) => planLetter(place, to, change));
  return letters;
}
