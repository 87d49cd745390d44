// Heals what was lost on the way: events nobody settled, webhooks that never came, grace that ran out, rows past their time.
import type { Services } from "~/server/services";
import { listGraceEndedAcrossWorkspaces, listLongUnheardAcrossWorkspaces } from "./accounts.queries";
import { settleBillingEventJob } from "./billing.jobs";
import { endGrace } from "./end-grace";
import { deleteOldEventsAcrossWorkspaces, listPendingEventsAcrossWorkspaces } from "./events.queries";
import { reconcileAccount } from "./reconcile-account";
import { deleteRecordsPastAcrossWorkspaces } from "./records.queries";

type Needs = Pick<Services, "across" | "clock" | "config" | "log" | "mailer" | "payments" | "queue">;

const dayMs = 86_400_000;
const ringAgainAfterMs = 10_000;
const unheardAfterMs = dayMs;
const eventsKeptMs = 90 * dayMs;
const recordsKeptYears = 7;
const ringsMax = 500;
const graceMax = 200;
const unheardMax = 20;
const deletedMax = 5_000;

/** Safe to run at any time, also twice at once. */
export async function sweepBilling(needs: Needs): Promise<void> {
  const now = needs.clock.now();
  const before = (ms: number) => new Date(now.getTime() - ms);
  if (needs.payments) await ringAgain(needs, before(ringAgainAfterMs));
  for (const workspaceId of await listGraceEndedAcrossWorkspaces(needs.across, now, graceMax)) await endGrace(needs, workspaceId);
  if (needs.payments) await askAgain(needs, before(unheardAfterMs));
  await deleteOldEventsAcrossWorkspaces(needs.across, before(eventsKeptMs), deletedMax);
  await deleteRecordsPastAcrossWorkspaces(needs.across, yearsBefore(now, recordsKeptYears), deletedMax);
}

async function ringAgain(needs: Needs, before: Date): Promise<void> {
  for (const eventId of await listPendingEventsAcrossWorkspaces(needs.across, before, ringsMax)) {
    await needs.queue.ring(settleBillingEventJob, { eventId });
  }
}

/** One customer that Stripe cannot answer for must not keep the others waiting. */
async function askAgain(needs: Needs, before: Date): Promise<void> {
  for (const workspaceId of await listLongUnheardAcrossWorkspaces(needs.across, before, unheardMax)) {
    await reconcileAccount(needs, workspaceId).catch((error: unknown) =>
      needs.log.warn(
        { err: error, workspaceId },
        "a billing account could not be compared with Stripe; the next sweep tries again",
      ),
    );
  }
}

/** A day earlier than PostgreSQL counts, so that what it still keeps is never asked for. */
function yearsBefore(moment: Date, years: number): Date {
  const then = new Date(moment.getTime() - dayMs);
  then.setUTCFullYear(then.getUTCFullYear() - years);
  return then;
}
