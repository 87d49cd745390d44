// The words of billing, shared with the browser.
import { z } from "zod";
import { billingIntervals } from "~/db/tables/billing-accounts";
import { billingRecordKinds } from "~/db/tables/billing-records";
import { runtimes } from "~/db/tables/deployments";
import { limitTypes, Plan, PlanChanges, TierName } from "~/server/plans/plan.contract";
import { Moment } from "~/server/zod-shapes";

const limitType = z.enum(limitTypes);
const runtime = z.enum(runtimes);

export const agedKinds = ["calls", "output", "deployment_lines", "conversations"] as const;

/** Older than a plan keeps it. Output of agents is counted by whole days, everything else up to 1,000. */
export const AgedThings = z.object({ kind: z.enum(agedKinds), keptDays: z.number(), count: z.number() });
export type AgedThings = z.infer<typeof AgedThings>;

/** What another plan would remove for good: not at once, but with the next sweeps. */
export const PlanRemovals = z.object({
  /** Versions that it does not keep, by agent. */
  versions: z.array(
    z.object({ agentId: z.string(), agentName: z.string(), count: z.number(), oldest: z.number(), newest: z.number() }),
  ),
  aged: z.array(AgedThings),
});
export type PlanRemovals = z.infer<typeof PlanRemovals>;

/** What another plan would stop, thing by thing, as enforcement would then do. */
export const PlanStops = z.object({
  agents: z.array(z.object({ agentId: z.string(), name: z.string(), runtime: runtime.nullable(), limitType })),
  members: z.array(z.object({ userId: z.string(), name: z.string(), limitType })),
  keys: z.array(z.object({ keyId: z.string(), name: z.string(), limitType })),
  deployments: z.array(
    z.object({
      deploymentId: z.string(),
      agentId: z.string(),
      agentName: z.string(),
      version: z.number(),
      runtime,
      limitType,
    }),
  ),
  /** In use, and not part of the plan. */
  runtimes: z.array(runtime),
  /** What is used up in this period already, so that every call would be refused. */
  calls: limitType.nullable(),
  /** Of what there could not be one more. */
  full: z.array(limitType),
  removes: PlanRemovals,
});
export type PlanStops = z.infer<typeof PlanStops>;

export const SimulateInput = z.object({ tier: TierName });

export const PriceOffer = z.object({
  interval: z.enum(billingIntervals),
  currency: z.string(),
  /** In the currency's smallest unit; null: Stripe could not be asked just now, the checkout shows it. */
  unitAmount: z.number().nullable(),
});
export type PriceOffer = z.infer<typeof PriceOffer>;

export const PlanOffer = z.object({ tier: TierName, plan: Plan, prices: z.array(PriceOffer), stops: PlanStops });
export type PlanOffer = z.infer<typeof PlanOffer>;

export const PlanUsage = z.object({
  requests: z.number(),
  tokens: z.number(),
  computeMs: z.number(),
  agents: z.number(),
  members: z.number(),
  openInvitations: z.number(),
  keys: z.number(),
});
export type PlanUsage = z.infer<typeof PlanUsage>;

export const SubscriptionItem = z.object({
  /** Stripe's word. */
  status: z.string(),
  tier: TierName.nullable(),
  interval: z.enum(billingIntervals).nullable(),
  periodEndsAt: Moment.nullable(),
  cancelsAt: Moment.nullable(),
  /** While it is a trial. */
  trialEndsAt: Moment.nullable(),
  /** A payment failed: until then everything goes on. */
  graceEndsAt: Moment.nullable(),
});
export type SubscriptionItem = z.infer<typeof SubscriptionItem>;

export const BillingOverview = z.object({
  /** False: this installation takes no money, its operator gives plans. */
  isOn: z.boolean(),
  tier: TierName,
  plan: Plan,
  /** An operator changed limits for this workspace. */
  isChanged: z.boolean(),
  hasCustomer: z.boolean(),
  /** The one at Stripe; null: none that still means something. */
  subscription: SubscriptionItem.nullable(),
  period: z.object({ from: Moment, to: Moment }),
  usage: PlanUsage,
  offers: z.array(PlanOffer),
});
export type BillingOverview = z.infer<typeof BillingOverview>;

export const CheckoutInput = z.object({
  tier: z.enum(["starter", "pro", "enterprise"]),
  interval: z.enum(billingIntervals),
  currency: z
    .string()
    .regex(/^[a-z]{3}$/)
    .default("usd"),
});
export type CheckoutInput = z.infer<typeof CheckoutInput>;

/** A page of Stripe's, for this person, for a short time. */
export const HostedPage = z.object({ url: z.string() });
export type HostedPage = z.infer<typeof HostedPage>;

export const InvoiceItem = z.object({
  recordId: z.string(),
  kind: z.enum(billingRecordKinds),
  status: z.string(),
  number: z.string().nullable(),
  currency: z.string().nullable(),
  amountDue: z.number().nullable(),
  amountPaid: z.number().nullable(),
  tax: z.number().nullable(),
  occurredAt: Moment,
});
export type InvoiceItem = z.infer<typeof InvoiceItem>;

export const InvoiceLinkInput = z.object({
  recordId: z.string().max(40),
  /** The page where it can be paid, or the paper itself. */
  paper: z.enum(["page", "pdf"]).default("page"),
});
export type InvoiceLinkInput = z.infer<typeof InvoiceLinkInput>;

const Reason = z.string().trim().min(1, "Say why: the workspace's audit log will show it.").max(500);

/** `free` takes an assignment back. */
export const AssignTierInput = z.object({ workspaceId: z.string().max(40), tier: TierName, reason: Reason });
export type AssignTierInput = z.infer<typeof AssignTierInput>;

/** Null takes every change back. */
export const OverridePlanInput = z.object({ workspaceId: z.string().max(40), changes: PlanChanges.nullable(), reason: Reason });
export type OverridePlanInput = z.infer<typeof OverridePlanInput>;

export const WorkspacePlan = z.object({ workspaceId: z.string(), tier: TierName, plan: Plan });
export type WorkspacePlan = z.infer<typeof WorkspacePlan>;

export const WorkspacePlanInput = z.object({ workspaceId: z.string().max(40) });

/** As its operator sees it. */
export const OperatedPlan = WorkspacePlan.extend({
  name: z.string(),
  assignedTier: TierName.nullable(),
  subscriptionTier: TierName.nullable(),
  subscriptionStatus: z.string().nullable(),
  /** The limits that were changed by hand. */
  changes: z.record(z.string(), z.unknown()).nullable(),
});
export type OperatedPlan = z.infer<typeof OperatedPlan>;

export const BillingHealth = z.object({
  isOn: z.boolean(),
  pendingEvents: z.number(),
  /** By the fingerprint of each, newest use first; one that is configured and never used is there with null. */
  webhookSecrets: z.array(z.object({ fingerprint: z.string(), isActive: z.boolean(), lastUsedAt: Moment.nullable() })),
});
export type BillingHealth = z.infer<typeof BillingHealth>;
