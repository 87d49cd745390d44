// What a subscription is called in each state, and what happens next with it.
import { dayWords } from "~/app/ui/measures";
import type { StateTone } from "~/app/ui/state-mark";
import type { SubscriptionItem } from "~/server/billing/billing.contract";

const states: Record<string, { tone: StateTone; word: string }> = {
  active: { tone: "live", word: "Active" },
  trialing: { tone: "live", word: "On trial" },
  past_due: { tone: "failed", word: "Payment failed" },
  unpaid: { tone: "failed", word: "Unpaid" },
  paused: { tone: "stopped", word: "Paused" },
};

export function stateOf({ status, graceEndsAt, cancelsAt }: SubscriptionItem): { tone: StateTone; word: string } {
  if (cancelsAt && !graceEndsAt && status !== "paused") return { tone: "waiting", word: "Cancelled" };
  return states[status] ?? { tone: "idle", word: status };
}

/** Stripe keeps the day of a trial that is over, so the state says whether it still runs. */
export function whatComes({ status, graceEndsAt, cancelsAt, trialEndsAt, periodEndsAt }: SubscriptionItem, now: number): string {
  if (status === "paused") return "The trial ended without a card. The free plan holds until one is added at Stripe.";
  if (graceEndsAt && graceEndsAt.getTime() <= now)
    return "The free plan holds until the invoice is paid; then this one comes back.";
  if (graceEndsAt)
    return `Everything goes on until ${dayWords(graceEndsAt)}; then the free plan holds until the invoice is paid.`;
  if (cancelsAt) return `It was cancelled and ends on ${dayWords(cancelsAt)}; then the free plan holds.`;
  if (status === "trialing" && trialEndsAt) return `The trial ends on ${dayWords(trialEndsAt)}; nothing is charged before then.`;
  return periodEndsAt ? `It goes on by itself on ${dayWords(periodEndsAt)}.` : "";
}
