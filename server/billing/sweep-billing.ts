// Heals what was lost on the way: events nobody settled, webhooks that never came, grace that ran out, trials nobody was told of.
import type { Services } from "~/server/services";
import {
  listGraceEndedAcrossWorkspaces,
  listLongUnheardAcrossWorkspaces,
  listTrialsToTellAcrossWorkspaces,
} from "./accounts.queries";
import { settleBillingEventJob } from "./billing.jobs";
import { endGrace } from "./end-grace";
import { listPendingEventsAcrossWorkspaces } from "./events.queries";
import { forgetBilling } from "./forget-billing";
import { leaveGoneWorkspaces } from "./leave-gone-workspaces";
import { reconcileAccount } from "./reconcile-account";
import { tellTrialsEnd, trialToldBeforeMs } from "./tell-trials-end";

type Needs = Pick<Services, "across" | "clock" | "config" | "log" | "mailer" | "payments" | "queue">;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const ringAgainAfterMs = 10_000;
const unheardAfterMs = dayMs;
const askAgainAfterMs = hourMs;
const ringsMax = 500;
const accountsMax = 200;
const unheardMax = 20;

/** Safe to run at any time, also twice at once. A part that fails keeps no other from its work; the sweep then rejects at its end. */
export async function sweepBilling(needs: Needs): Promise<void> {
  const now = needs.clock.now();
  const parts = [
    () => ringAgain(needs, now),
    () => endGraces(needs, now),
    () => tellTrials(needs, now),
    () => askAgain(needs, now),
    () => leaveGoneWorkspaces(needs),
    () => forgetBilling(needs),
  ];
  const failures: unknown[] = [];
  for (const part of parts) await part().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, "Parts of the billing sweep failed; the next one tries again.");
}

async function ringAgain(needs: Needs, now: Date): Promise<void> {
  if (!needs.payments) return;
  const receivedBefore = new Date(now.getTime() - ringAgainAfterMs);
  for (const eventId of await listPendingEventsAcrossWorkspaces(needs.across, { receivedBefore, now, limit: ringsMax })) {
    await needs.queue.ring(settleBillingEventJob, { eventId });
  }
}

async function endGraces(needs: Needs, now: Date): Promise<void> {
  const due = await listGraceEndedAcrossWorkspaces(needs.across, now, accountsMax);
  await eachOf(due, (workspaceId) => endGrace(needs, workspaceId));
}

async function tellTrials(needs: Needs, now: Date): Promise<void> {
  const range = { now, until: new Date(now.getTime() + trialToldBeforeMs), limit: accountsMax };
  const due = await listTrialsToTellAcrossWorkspaces(needs.across, range);
  await eachOf(due, (workspaceId) => tellTrialsEnd(needs, workspaceId));
}

/** One that fails must not keep the others waiting. */
async function eachOf(workspaceIds: string[], act: (workspaceId: string) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = [];
  for (const workspaceId of workspaceIds) await act(workspaceId).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${workspaceIds.length} accounts failed.`);
}

/** Stripe's failing to answer is no failure of the sweep. */
async function askAgain(needs: Needs, now: Date): Promise<void> {
  if (!needs.payments) return;
  const before = (ms: number) => new Date(now.getTime() - ms);
  const due = { reconciledBefore: before(unheardAfterMs), askedBefore: before(askAgainAfterMs), limit: unheardMax };
  for (const workspaceId of await listLongUnheardAcrossWorkspaces(needs.across, due)) {
    await reconcileAccount(needs, workspaceId).catch((error: unknown) =>
      needs.log.warn(
        { err: error, workspaceId },
        "a billing account could not be compared with Stripe; a later sweep tries again",
      ),
    );
  }
}
