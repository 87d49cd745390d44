// Hands one letter to the mail server, and writes down what became of it.
import { useCredential } from "~/server/credentials/use-credential";
import type { Services } from "~/server/services";
import {
  claimMailIfDueAcrossWorkspaces,
  setMailSentIfClaimedAcrossWorkspaces,
  setMailTroubledIfClaimedAcrossWorkspaces,
} from "./mail.queries";
import { carrierTimeoutMs, type Delivery } from "./mail-carrier";
import { openLetter } from "./outbox-letter";

type DeliverNeeds = Pick<Services, "across" | "clock" | "config" | "vault" | "mailer" | "log">;

const minuteMs = 60_000;

/** Waits between the tries, about eleven hours in all: a mail server that is down over night loses nothing. */
export const retryDelaysMs = [15_000, minuteMs, 5 * minuteMs, 15 * minuteMs, 60 * minuteMs, 180 * minuteMs, 400 * minuteMs];
const attemptsMax = retryDelaysMs.length + 1;

/** Whoever took the turn and died is waited for as long as the carrier may take, and a little. */
const leaseMs = 2 * carrierTimeoutMs;

/**
 * Of several at once one delivers. A process that dies between the server's yes and our row sends the letter again: with the same
 * Message-ID, by which mailboxes tell that it is the same.
 */
export async function deliverMail(needs: DeliverNeeds, { mailId }: { mailId: string }): Promise<void> {
  const { carrier } = needs.mailer;
  if (!carrier) return;
  const now = needs.clock.now();
  const claim = await claimMailIfDueAcrossWorkspaces(needs.across, {
    mailId,
    now,
    leasedUntil: new Date(now.getTime() + leaseMs),
  });
  if (!claim?.sealedBody) return;
  const { recipient, subject, sealedBody } = claim;
  const delivery: Delivery =
    claim.attempts > attemptsMax
      ? { outcome: "refused", why: "Every try ended before the mail server had answered." }
      : await carrier.deliver(mailId, { to: recipient, subject, ...(await openLetter(needs.vault, mailId, sealedBody)) });
  useCredential(needs, needs.config.mail.carrier === "resend" ? "RESEND_API_KEY" : "SMTP_URL");
  if (delivery.outcome === "sent") return setMailSentIfClaimedAcrossWorkspaces(needs.across, claim, needs.clock.now());
  await noteTrouble(needs, claim, delivery);
}

async function noteTrouble(
  needs: DeliverNeeds,
  claim: { id: string; attempts: number },
  { outcome, why }: Exclude<Delivery, { outcome: "sent" }>,
): Promise<void> {
  const delayMs = outcome === "later" ? retryDelaysMs[claim.attempts - 1] : undefined;
  const nextAttemptAt = delayMs === undefined ? null : new Date(needs.clock.now().getTime() + delayMs);
  needs.log.warn({ mailId: claim.id, attempts: claim.attempts, nextAttemptAt, why }, "a letter did not leave");
  await setMailTroubledIfClaimedAcrossWorkspaces(needs.across, claim, { lastError: why, nextAttemptAt });
}
