// Plans and money, knocked at by people and keys. No input here names a plan that a workspace then has, but the operator's.
import { z } from "zod";
import { router } from "~/server/trpc/init";
import { operatorProcedure, provenOperatorProcedure, workspaceProcedure } from "~/server/trpc/procedures";
import { PageQuery, pageOf } from "~/server/zod-shapes";
import { assignTier } from "./assign-tier";
import {
  AssignTierInput,
  BillingHealth,
  BillingOverview,
  CheckoutInput,
  HostedPage,
  InvoiceItem,
  InvoiceLinkInput,
  OperatedPlan,
  OverridePlanInput,
  PlanStops,
  SimulateInput,
  WorkspacePlan,
  WorkspacePlanInput,
} from "./billing.contract";
import { linkInvoice } from "./link-invoice";
import { listInvoices } from "./list-invoices";
import { openCheckout } from "./open-checkout";
import { openPortal } from "./open-portal";
import { overridePlan } from "./override-plan";
import { readBilling } from "./read-billing";
import { readBillingHealth } from "./read-billing-health";
import { readWorkspacePlan } from "./read-workspace-plan";
import { simulateTier } from "./simulate-tier";

const tags = ["Billing"];

export const billingRouter = router({
  overview: workspaceProcedure("billing.read")
    .meta({
      openapi: { method: "GET", path: "/billing", summary: "Plan, usage against its limits, and every plan's effect", tags },
    })
    .input(z.object({}))
    .output(BillingOverview)
    .query(({ ctx }) => readBilling(ctx.services, ctx.scope)),
  simulate: workspaceProcedure("billing.read")
    .meta({ openapi: { method: "GET", path: "/billing/simulate", summary: "What would stop at another plan", tags } })
    .input(SimulateInput)
    .output(PlanStops)
    .query(({ ctx, input }) => simulateTier(ctx.services, ctx.scope, input.tier)),
  invoices: workspaceProcedure("billing.read")
    .meta({ openapi: { method: "GET", path: "/billing/invoices", summary: "Invoices, refunds and disputes", tags } })
    .input(PageQuery)
    .output(pageOf(InvoiceItem))
    .query(({ ctx, input }) => listInvoices(ctx.services, ctx.scope, input)),
  invoiceLink: workspaceProcedure("billing.read")
    .meta({
      openapi: {
        method: "GET",
        path: "/billing/invoices/{recordId}/link",
        summary: "Where Stripe shows an invoice, for now",
        tags,
      },
    })
    .input(InvoiceLinkInput)
    .output(HostedPage)
    .query(({ ctx, input }) => linkInvoice(ctx.services, ctx.scope, input)),
  checkout: workspaceProcedure("billing.configure")
    .input(CheckoutInput)
    .output(HostedPage)
    .mutation(({ ctx, input }) => openCheckout(ctx.services, ctx.scope, input)),
  portal: workspaceProcedure("billing.configure")
    .input(z.object({}))
    .output(HostedPage)
    .mutation(({ ctx }) => openPortal(ctx.services, ctx.scope)),
  health: operatorProcedure.output(BillingHealth).query(({ ctx }) => readBillingHealth(ctx.services)),
  workspacePlan: operatorProcedure
    .input(WorkspacePlanInput)
    .output(OperatedPlan)
    .query(({ ctx, input }) => readWorkspacePlan(ctx.services, input.workspaceId)),
  assign: provenOperatorProcedure
    .input(AssignTierInput)
    .output(WorkspacePlan)
    .mutation(({ ctx, input }) => assignTier(ctx.services, { operator: ctx.user, visitor: ctx.request }, input)),
  override: provenOperatorProcedure
    .input(OverridePlanInput)
    .output(WorkspacePlan)
    .mutation(({ ctx, input }) => overridePlan(ctx.services, { operator: ctx.user, visitor: ctx.request }, input)),
});
