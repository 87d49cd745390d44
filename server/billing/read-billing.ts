// The billing page: plan, usage against its limits, the subscription, and what every plan would mean for this workspace.
import { tiers } from "~/db/tables/workspaces";
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { BillingConfig } from "~/server/config-billing";
import { notFound } from "~/server/errors";
import type { PriceTag } from "~/server/payments/payments";
import { periodOf } from "~/server/plans/period-of";
import { planOf, plans } from "~/server/plans/plans";
import { findPlanRowAcrossWorkspaces } from "~/server/plans/plans.queries";
import { simulatePlan, type WorkspaceState } from "~/server/plans/simulate-plan";
import type { Services } from "~/server/services";
import { type AccountRow, findAccount } from "./accounts.queries";
import type { BillingOverview, PlanOffer, PlanRemovals, PlanUsage, PriceOffer, SubscriptionItem } from "./billing.contract";
import { foreseeRemovals } from "./foresee-removals";
import { isOver } from "./judge-subscription";
import { readWorkspaceState } from "./read-workspace-state";

type Needs = Pick<Services, "clock" | "config" | "db" | "payments">;

export async function readBilling(needs: Needs, scope: WorkspaceScope): Promise<BillingOverview> {
  const now = needs.clock.now();
  const read = await inWorkspace(needs.db, scope, async (tx) => {
    const row = await findPlanRowAcrossWorkspaces(tx, scope.workspaceId);
    if (!row) throw notFound("workspace");
    const period = periodOf(row, now);
    const state = await readWorkspaceState(tx, scope, { now, period });
    const planned = tiers.map((tier) => planOf(tier, row.changes));
    const removals = await foreseeRemovals(tx, scope, { plans: planned, current: planOf(row.tier, row.changes), now });
    return { row, period, state, removals, account: await findAccount(tx, scope) };
  });
  const { row, period, state, removals, account } = read;
  const { billing } = needs.config;
  const tags = billing ? ((await needs.payments?.listPrices(offered(billing).map(({ priceId }) => priceId))) ?? []) : [];
  return {
    isOn: needs.payments !== null,
    tier: row.tier,
    plan: planOf(row.tier, row.changes),
    isChanged: row.changes !== null,
    hasCustomer: Boolean(account?.customerId),
    subscription: account ? toSubscription(account) : null,
    period,
    usage: usageOf(state),
    offers: offersOf(state, { changes: row.changes, billing, tags, removals }),
  };
}

function usageOf(state: WorkspaceState): PlanUsage {
  const { agents, members, keys, openInvitations, usage } = state;
  return { ...usage, agents: agents.length, members: members.length, keys: keys.length, openInvitations };
}

type Terms = {
  changes: Record<string, unknown> | null;
  billing: BillingConfig | null;
  tags: PriceTag[];
  removals: PlanRemovals[];
};

/** What an operator changed for the workspace goes with it from plan to plan. */
function offersOf(state: WorkspaceState, { changes, billing, tags, removals }: Terms): PlanOffer[] {
  return tiers.map((tier, place) => ({
    tier,
    plan: plans[tier],
    prices: billing ? pricesOf(offered(billing), tags).flatMap(({ of, ...price }) => (of === tier ? [price] : [])) : [],
    stops: { ...simulatePlan(state, planOf(tier, changes)), removes: removals[place] ?? { versions: [], aged: [] } },
  }));
}

/** Of each tier, interval and currency the first that the configuration names. */
function offered({ prices }: BillingConfig): BillingConfig["prices"] {
  const nameOf = (slot: BillingConfig["prices"][number]) => `${slot.tier} ${slot.interval} ${slot.currency}`;
  return prices.filter((slot, place) => prices.findIndex((other) => nameOf(other) === nameOf(slot)) === place);
}

function pricesOf(slots: BillingConfig["prices"], tags: PriceTag[]): (PriceOffer & { of: string })[] {
  return slots.map(({ tier: of, interval, currency, priceId }) => {
    return { of, interval, currency, unitAmount: tags.find((tag) => tag.priceId === priceId)?.unitAmount ?? null };
  });
}

function toSubscription(account: AccountRow): SubscriptionItem | null {
  const { subscriptionStatus: status, subscriptionTier: tier, billingInterval: interval } = account;
  if (status === null || isOver(status)) return null;
  const { periodEndsAt, cancelsAt, trialEndsAt, graceEndsAt } = account;
  return { status, tier, interval, periodEndsAt, cancelsAt, trialEndsAt, graceEndsAt };
}
