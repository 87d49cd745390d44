// Takes the agreement of one of the two mailboxes; with the second one the address changes.
import { inTransaction, type Tx } from "~/db/transaction";
import { recordPlatformAudit } from "~/server/audit/record-audit";
import { deleteOtherSessionsAcrossWorkspaces } from "~/server/auth/sessions.queries";
import { setAllTokensUsedAcrossWorkspaces } from "~/server/auth/user-token.queries";
import type { Visitor } from "~/server/auth/visitor";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { sha256Hex } from "~/server/sha256";
import { limitAccountDoor } from "./account-limits";
import { addressTakenLetter } from "./email-change-letters";
import {
  deleteEmailChangeAcrossWorkspaces,
  lockEmailChangeByTokenAcrossWorkspaces,
  setEmailChangeConfirmedAcrossWorkspaces,
  setEmailIfFreeAcrossWorkspaces,
} from "./email-changes.queries";
import { ownAct } from "./own-act";
import { deletePendingSignInsOfUserAcrossWorkspaces } from "./pending-sign-ins.queries";
import { emailChangedLetter } from "./security-letters";

type ConfirmNeeds = Pick<Services, "across" | "clock" | "config" | "mailer" | "redis">;
type EmailChange = NonNullable<Awaited<ReturnType<typeof lockEmailChangeByTokenAcrossWorkspaces>>>;

/** `waiting`: the other mailbox has to agree too. `changed`: it had, and the address is the new one. `refused`: it cannot be any more. */
export type EmailChangeOutcome = "waiting" | "changed" | "refused";

/** The links may be opened in any order and in any browser; each counts once. */
export async function confirmEmailChange(
  services: ConfirmNeeds,
  visitor: Visitor,
  input: { token: string },
): Promise<EmailChangeOutcome> {
  await limitAccountDoor(services, "token", { visitor });
  const presented = { tokenHash: sha256Hex(input.token), now: services.clock.now() };
  return inTransaction(services.across, async (tx) => {
    const change = await lockEmailChangeByTokenAcrossWorkspaces(tx, presented);
    if (!change) throw deadLink();
    const isOld = change.oldTokenHash === presented.tokenHash;
    if (isOld ? change.oldConfirmedAt : change.newConfirmedAt) throw deadLink();
    const isLast = Boolean(isOld ? change.newConfirmedAt : change.oldConfirmedAt);
    if (isLast) return complete(tx, services, change, visitor);
    const confirmed = isOld ? { oldConfirmedAt: presented.now } : { newConfirmedAt: presented.now };
    await setEmailChangeConfirmedAcrossWorkspaces(tx, change.userId, confirmed);
    const mailbox = isOld ? "old" : "new";
    const act = { ...ownAct(change, visitor), action: "user.agree_email_change", metadata: { mailbox } };
    await recordPlatformAudit(tx, act);
    return "waiting";
  });
}

async function complete(tx: Tx, services: ConfirmNeeds, change: EmailChange, visitor: Visitor): Promise<EmailChangeOutcome> {
  const { userId, oldEmail, newEmail, displayName } = change;
  const { publicUrl } = services.config;
  await deleteEmailChangeAcrossWorkspaces(tx, userId);
  if (!(await setEmailIfFreeAcrossWorkspaces(tx, change))) {
    // Somebody made an account with it meanwhile; only the mailbox itself is told so.
    await services.mailer.send(tx, addressTakenLetter(publicUrl, { email: newEmail, displayName }));
    return "refused";
  }
  // Letters to the old mailbox may still hold links that open the account.
  await setAllTokensUsedAcrossWorkspaces(tx, userId, services.clock.now());
  await deletePendingSignInsOfUserAcrossWorkspaces(tx, userId);
  const sessionsEnded = await deleteOtherSessionsAcrossWorkspaces(tx, userId, change.askedInSession);
  await recordPlatformAudit(tx, { ...ownAct(change, visitor), action: "user.change_email", metadata: { sessionsEnded } });
  for (const email of [oldEmail, newEmail]) {
    const letter = emailChangedLetter(publicUrl, { email, displayName }, { from: oldEmail, to: newEmail });
    await services.mailer.send(tx, letter);
  }
  return "changed";
}

function deadLink(): AppError {
  return new AppError(
    "INVALID_REQUEST",
    "This link does not work any more: it was used, replaced by a newer request, cancelled, or is older than a day.",
    { details: { reason: "link_dead" } },
  );
}
