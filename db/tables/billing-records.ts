// Invoices, refunds, disputes and the history of subscriptions: kept seven years from each record's date (MISSION H4, J2).
import type { Generated } from "kysely";
import type { ColumnClasses } from "./classes";
import type { Tier } from "./workspaces";

export const billingRecordKinds = ["subscription", "invoice", "refund", "dispute"] as const;
export type BillingRecordKind = (typeof billingRecordKinds)[number];

export type BillingRecordsTable = {
  id: string;
  /** Without a foreign key: the record outlives the workspace. */
  workspaceId: string;
  kind: BillingRecordKind;
  /** One row for each invoice, refund and dispute, kept current; one for each change of a subscription. */
  stripeId: string;
  status: string;
  tier: Tier | null;
  /** The invoice's number, as it stands on the paper. */
  number: string | null;
  currency: string | null;
  /** In the currency's smallest unit. */
  amountDue: number | null;
  amountPaid: number | null;
  tax: number | null;
  periodStartsAt: Date | null;
  periodEndsAt: Date | null;
  /** The record's own date: seven years are counted from here. */
  occurredAt: Date;
  /** Of refunds and disputes: the number of the question that it answers. */
  askedNo: Generated<number>;
  recordedAt: Date;
};

export const billingRecordsColumns: ColumnClasses<BillingRecordsTable> = {
  id: "metadata",
  workspaceId: "metadata",
  kind: "metadata",
  stripeId: "sensitive",
  status: "metadata",
  tier: "metadata",
  number: "sensitive",
  currency: "metadata",
  amountDue: "sensitive",
  amountPaid: "sensitive",
  tax: "sensitive",
  periodStartsAt: "metadata",
  periodEndsAt: "metadata",
  occurredAt: "metadata",
  askedNo: "metadata",
  recordedAt: "metadata",
};
