// One session that can be paid for each customer, whoever clicks what at the same moment: else somebody could pay twice.
import type Stripe from "stripe";
import type { BillingConfig } from "~/server/config-billing";
import { AppError } from "~/server/errors";
import { newId } from "~/server/ids";
import { sha256Hex } from "~/server/sha256";
import { asked, isRefusal } from "./asked";
import { hostedAddress } from "./hosted-address";
import type { CheckoutWish } from "./payments";

type Needs = { client: Stripe; billing: BillingConfig };
type Session = Stripe.Checkout.Session;

const sessionsMax = 100;

/**
 * Of sessions that race the newest stays open, by one order that every racer sees: each looks after its own was made, closes what
 * is older, and gives its own up to what is newer. So whoever is sent on is sent to the one that stays, or finds it closed.
 */
export async function openOneCheckout(needs: Needs, wish: CheckoutWish): Promise<{ url: string }> {
  const name = nameOf(wish);
  // The key makes two clicks one session; one that was closed since answers once more under its key, and is made anew.
  for (const idempotencyKey of [wish.idempotencyKey, `checkout-${newId("event")}`]) {
    const own = await createSession(needs, wish, { name, idempotencyKey });
    const open = await listOpen(needs, wish.customerId);
    const newest = open[0];
    for (const older of open.slice(1)) await close(needs, older.id);
    if (newest?.metadata?.["wish"] === name) return { url: hostedAddress(newest.url, needs.billing.apiUrl) };
    if (open.some(({ id }) => id === own.id)) break;
  }
  throw new AppError("CONFLICT", "Another checkout of this workspace was opened at the same moment. Try again.", {
    details: { reason: "another_checkout" },
  });
}

export async function closeEveryCheckout(needs: Needs, customerId: string): Promise<void> {
  for (const { id } of await listOpen(needs, customerId)) await close(needs, id);
}

/** The newest first; of two of one second always the same. */
async function listOpen({ client }: Needs, customer: string): Promise<Session[]> {
  const { data } = await asked(client.checkout.sessions.list({ customer, status: "open", limit: sessionsMax }));
  return data.sort((one, other) => other.created - one.created || (one.id < other.id ? 1 : -1));
}

/** Closed already is as good; paid already is seen by whoever looks at the customer next. */
async function close({ client }: Needs, sessionId: string): Promise<void> {
  const idempotencyKey = `close-${sessionId}-${newId("event")}`;
  await asked(
    client.checkout.sessions
      .expire(sessionId, {}, { idempotencyKey })
      .catch((error: unknown) => (isRefusal(error) ? null : Promise.reject(error))),
  );
}

function createSession(
  { client, billing }: Needs,
  wish: CheckoutWish,
  { name, idempotencyKey }: { name: string; idempotencyKey: string },
): Promise<Session> {
  return asked(
    client.checkout.sessions.create(
      {
        mode: "subscription",
        customer: wish.customerId,
        client_reference_id: wish.workspaceId,
        line_items: [{ price: wish.priceId, quantity: 1 }],
        success_url: wish.successUrl,
        cancel_url: wish.cancelUrl,
        expires_at: Math.floor(wish.expiresAt.getTime() / 1_000),
        allow_promotion_codes: billing.takesPromotionCodes,
        automatic_tax: { enabled: billing.addsTax },
        ...(billing.addsTax ? { customer_update: { address: "auto", name: "auto" } as const } : {}),
        metadata: { wish: name },
        subscription_data: { metadata: { workspaceId: wish.workspaceId } },
      },
      { idempotencyKey },
    ),
  );
}

/** What is bought: the same wish twice is one session. */
function nameOf({ customerId, priceId, successUrl }: CheckoutWish): string {
  return sha256Hex(JSON.stringify([customerId, priceId, successUrl])).slice(0, 40);
}
