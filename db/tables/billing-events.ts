// Signed events from Stripe, once each: what they are about, and whether that was looked at since (MISSION H2).
import type { Generated } from "kysely";
import type { ColumnClasses } from "./classes";

/** `ignored`: a type that changes nothing here, or a customer of another installation. */
export const billingEventStatuses = ["pending", "settled", "ignored"] as const;
export type BillingEventStatus = (typeof billingEventStatuses)[number];

export type BillingEventsTable = {
  /** Stripe's own id. */
  id: string;
  type: string;
  status: BillingEventStatus;
  /** The object that the event tells of. */
  subjectId: string | null;
  customerId: string | null;
  /** Refunds and disputes name a charge and no customer. */
  chargeId: string | null;
  attempts: Generated<number>;
  /** Why it could not be settled yet, in our own words. */
  lastError: string | null;
  /** Null: at the next opportunity. */
  nextAttemptAt: Date | null;
  createdAt: Date;
  receivedAt: Date;
  settledAt: Date | null;
};

export const billingEventsColumns: ColumnClasses<BillingEventsTable> = {
  id: "metadata",
  type: "metadata",
  status: "metadata",
  subjectId: "sensitive",
  customerId: "sensitive",
  chargeId: "sensitive",
  attempts: "metadata",
  lastError: "metadata",
  nextAttemptAt: "metadata",
  createdAt: "metadata",
  receivedAt: "metadata",
  settledAt: "metadata",
};
