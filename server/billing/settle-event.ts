// What a stored event leads to: never what it says, always a look at how things are now (MISSION H2).
import { inTransaction } from "~/db/transaction";
import { recordWorkspaceAudit } from "~/server/audit/record-audit";
import { newId } from "~/server/ids";
import type { ChargeState, Payments } from "~/server/payments/payments";
import {
  findWorkspaceOfCustomerAcrossWorkspaces,
  listOperatorsAcrossWorkspaces,
  setCustomerIfNoneAcrossWorkspaces,
} from "./accounts.queries";
import type { BillingEventKey } from "./billing.jobs";
import { disputeLetter } from "./billing-letters";
import {
  findBillingEventAcrossWorkspaces,
  listPendingEventsOfCustomerAcrossWorkspaces,
  noteEventAttemptAcrossWorkspaces,
  setEventIfPendingAcrossWorkspaces,
  setEventsSettledIfPendingAcrossWorkspaces,
} from "./events.queries";
import { type ReconcileNeeds, reconcileAccount } from "./reconcile-account";
import { drawQuestionAcrossWorkspaces, upsertRecordsAcrossWorkspaces } from "./records.queries";
import { recordsKeptSince } from "./records-kept-since";
import { nameOfWorkspaceAcrossWorkspaces } from "./workspace-state.queries";

const operatorsMax = 20;
const alsoSettledMax = 500;

/** Rejects when Stripe could not be asked: the event stays pending, and is tried again by the queue or by the sweep. */
export async function settleEvent(needs: ReconcileNeeds, { eventId }: BillingEventKey): Promise<void> {
  const event = await findBillingEventAcrossWorkspaces(needs.across, eventId);
  if (event?.status !== "pending" || !needs.payments) return;
  try {
    const verdict = await lookInto(needs, needs.payments, event);
    if (verdict === "settled") {
      await setEventIfPendingAcrossWorkspaces(needs.across, eventId, { status: "settled", settledAt: needs.clock.now() });
    } else {
      await setEventIfPendingAcrossWorkspaces(needs.across, eventId, { status: "ignored", lastError: verdict });
    }
  } catch (error) {
    const words = error instanceof Error ? error.message.slice(0, 300) : "unknown";
    await noteEventAttemptAcrossWorkspaces(needs.across, eventId, { lastError: words, now: needs.clock.now() });
    throw error;
  }
}

type Event = { customerId: string | null; chargeId: string | null };

/** `settled`, or why it is none of ours. */
async function lookInto(needs: ReconcileNeeds, payments: Payments, event: Event): Promise<string> {
  const askedNo = event.chargeId === null ? 0 : await drawQuestionAcrossWorkspaces(needs.across);
  const charge = event.chargeId === null ? null : await payments.readCharge(event.chargeId);
  const customerId = charge?.customerId ?? event.customerId;
  if (customerId === null) return "It names no customer.";
  const workspaceId = await findOwner(needs, payments, customerId);
  if (workspaceId === null) return "Its customer belongs to no workspace of this installation.";
  if (charge) await keepReversals(needs, { workspaceId, charge, askedNo });
  // What is there before Stripe is asked is answered too; by the rows, since the clocks of several machines differ.
  const alsoSettled = await listPendingEventsOfCustomerAcrossWorkspaces(needs.across, customerId, alsoSettledMax);
  await reconcileAccount(needs, workspaceId);
  await setEventsSettledIfPendingAcrossWorkspaces(needs.across, alsoSettled, needs.clock.now());
  return "settled";
}

/** A customer that we made and whose id we did not get to write down says itself whose it is. */
async function findOwner(needs: ReconcileNeeds, payments: Payments, customerId: string): Promise<string | null> {
  const known = await findWorkspaceOfCustomerAcrossWorkspaces(needs.across, customerId);
  if (known) return known;
  const { workspaceId, installation } = (await payments.readMark(customerId)) ?? { workspaceId: null, installation: null };
  if (workspaceId === null || installation !== needs.config.publicUrl.host) return null;
  return (await setCustomerIfNoneAcrossWorkspaces(needs.across, workspaceId, customerId)) ? workspaceId : null;
}

type Answer = { workspaceId: string; charge: ChargeState; askedNo: number };

async function keepReversals(needs: ReconcileNeeds, { workspaceId, charge: { reversals }, askedNo }: Answer): Promise<void> {
  const recordedAt = needs.clock.now();
  const kept = reversals.filter(({ occurredAt }) => occurredAt >= recordsKeptSince(recordedAt));
  if (kept.length === 0) return;
  await inTransaction(needs.across, async (tx) => {
    const rows = kept.map(({ id: stripeId, amount: amountDue, ...reversal }) => ({
      ...reversal,
      id: newId("billingRecord"),
      workspaceId,
      stripeId,
      amountDue,
      askedNo,
      recordedAt,
    }));
    const fresh = await upsertRecordsAcrossWorkspaces(tx, rows);
    for (const disputed of fresh.filter(({ kind, isNew }) => isNew && kind === "dispute")) {
      await recordWorkspaceAudit(tx, workspaceId, {
        actorKind: "system",
        action: "billing.dispute",
        targetKind: "workspace",
        targetId: workspaceId,
        metadata: { dispute: disputed.stripeId },
      });
      await tellOperators(tx, needs, workspaceId);
    }
  });
}

async function tellOperators(tx: Parameters<ReconcileNeeds["mailer"]["send"]>[0], needs: ReconcileNeeds, workspaceId: string) {
  const workspaceName = (await nameOfWorkspaceAcrossWorkspaces(tx, workspaceId)) ?? "a deleted workspace";
  for (const operator of await listOperatorsAcrossWorkspaces(tx, operatorsMax)) {
    await needs.mailer.send(tx, disputeLetter(needs.config.publicUrl, operator, { workspaceId, workspaceName }));
  }
}
