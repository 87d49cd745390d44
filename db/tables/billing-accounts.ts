// What a workspace pays for: its customer at Stripe and the subscription as Stripe last said it is (MISSION H2).
import type { ColumnType, Generated } from "kysely";
import type { ColumnClasses } from "./classes";
import type { Tier } from "./workspaces";

export const billingIntervals = ["month", "year"] as const;
export type BillingInterval = (typeof billingIntervals)[number];

export type BillingAccountsTable = {
  workspaceId: string;
  customerId: string | null;
  /** Counts customers that were deleted at Stripe, so that the next one is a new one. */
  customerGeneration: Generated<number>;
  /** An operator's word; holds beside whatever is paid for. */
  assignedTier: Tier | null;
  subscriptionId: string | null;
  /** Stripe's own word. */
  subscriptionStatus: string | null;
  /** By the price map of the configuration; null for a price that it does not name. */
  subscriptionTier: Tier | null;
  priceId: string | null;
  currency: string | null;
  billingInterval: BillingInterval | null;
  periodStartsAt: Date | null;
  periodEndsAt: Date | null;
  cancelsAt: Date | null;
  /** Null: it is no trial. */
  trialEndsAt: Date | null;
  /** The end that the owners were written to about. */
  trialToldFor: Date | null;
  /** When the oldest invoice fell due that is still unpaid. */
  pastDueSince: Date | null;
  graceEndsAt: Date | null;
  /** Drawn before Stripe is asked; only the answer to a later question may replace an earlier one's. */
  fetchTicket: Generated<number>;
  appliedTicket: Generated<number>;
  /** When Stripe was last asked, whether or not it answered. */
  askedAt: Date | null;
  reconciledAt: Date | null;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const billingAccountsColumns: ColumnClasses<BillingAccountsTable> = {
  workspaceId: "metadata",
  customerId: "sensitive",
  customerGeneration: "metadata",
  assignedTier: "metadata",
  subscriptionId: "sensitive",
  subscriptionStatus: "metadata",
  subscriptionTier: "metadata",
  priceId: "metadata",
  currency: "metadata",
  billingInterval: "metadata",
  periodStartsAt: "metadata",
  periodEndsAt: "metadata",
  cancelsAt: "metadata",
  trialEndsAt: "metadata",
  trialToldFor: "metadata",
  pastDueSince: "metadata",
  graceEndsAt: "metadata",
  fetchTicket: "metadata",
  appliedTicket: "metadata",
  askedAt: "metadata",
  reconciledAt: "metadata",
  createdAt: "metadata",
};
