// Opens Stripe's Checkout for a workspace's first subscription. Nothing changes here: only the webhook makes a plan (MISSION H1, H2).
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, invalidField } from "~/server/errors";
import type { CheckoutWish, Payments } from "~/server/payments/payments";
import type { Services } from "~/server/services";
import { sha256Hex } from "~/server/sha256";
import { findAccount } from "./accounts.queries";
import { assertBillingIsOn } from "./assert-billing-is-on";
import type { CheckoutInput, HostedPage } from "./billing.contract";
import { ensureCustomer } from "./ensure-customer";
import { isOver } from "./judge-subscription";
import { limitHostedPages } from "./limit-hosted-pages";

type Needs = Pick<Services, "across" | "clock" | "config" | "db" | "payments" | "redis">;

/** Twice within this time is one wish: a double click opens one session. */
const sameWishMs = 10 * 60_000;
/** How long a session can be paid at least; Stripe wants half an hour. */
const openMs = 60 * 60_000;

/** Rejects with `CONFLICT` when billing is off, or when there is a subscription already: that is changed in the portal. */
export async function openCheckout(needs: Needs, scope: WorkspaceScope, input: CheckoutInput): Promise<HostedPage> {
  const payments = assertBillingIsOn(needs);
  const priceId = priceOf(needs, input);
  await limitHostedPages(needs, scope);
  const account = await inWorkspace(needs.db, scope, (tx) => findAccount(tx, scope));
  if (account?.subscriptionStatus && !isOver(account.subscriptionStatus)) throw alreadySubscribed();
  const customerId = await ensureCustomer(needs, scope);
  const { url } = await payments.openCheckout(wishOf(needs, scope, { customerId, priceId }));
  await assertNoneIsPaid(payments, customerId);
  await inWorkspace(needs.db, scope, (tx) =>
    recordAudit(tx, scope, {
      action: "billing.checkout",
      targetKind: "workspace",
      targetId: scope.workspaceId,
      metadata: { ...input, priceId },
    }),
  );
  return { url };
}

function wishOf(needs: Needs, scope: WorkspaceScope, what: { customerId: string; priceId: string }): CheckoutWish {
  const page = new URL(`/w/${scope.workspaceId}/billing`, needs.config.publicUrl).href;
  const turn = Math.floor(needs.clock.now().getTime() / sameWishMs);
  const expiresAt = new Date((turn + 1) * sameWishMs + openMs);
  const wish = { ...what, workspaceId: scope.workspaceId, successUrl: `${page}?checkout=done`, cancelUrl: page, expiresAt };
  return { ...wish, idempotencyKey: `checkout-${sha256Hex(JSON.stringify(wish)).slice(0, 40)}` };
}

/** Asked of Stripe once no other session can be paid any more: what was paid a moment ago, and no event told of yet, is seen here. */
async function assertNoneIsPaid(payments: Payments, customerId: string): Promise<void> {
  const customer = await payments.readCustomer(customerId);
  if (!customer?.subscriptions.some(({ status }) => !isOver(status))) return;
  await payments.closeCheckouts(customerId);
  throw alreadySubscribed();
}

function alreadySubscribed(): AppError {
  return new AppError("CONFLICT", "This workspace has a subscription already. Change it in Stripe's portal.", {
    details: { reason: "already_subscribed" },
  });
}

function priceOf({ config }: Needs, { tier, interval, currency }: CheckoutInput): string {
  const slots = config.billing?.prices ?? [];
  const offered = slots.find((slot) => slot.tier === tier && slot.interval === interval && slot.currency === currency);
  if (offered) return offered.priceId;
  throw invalidField(
    "tier",
    `There is no price for the ${tier} plan per ${interval} in ${currency}. Choose another.`,
    "no_price",
  );
}
