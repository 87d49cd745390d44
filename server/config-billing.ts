// Money in the configuration: Stripe's keys, and which of its prices means which plan.
import { z } from "zod";
import { billingIntervals } from "~/db/tables/billing-accounts";
import type { ConfigValues } from "./config-variables";

export const paidTiers = ["starter", "pro", "enterprise"] as const;
export type PaidTier = (typeof paidTiers)[number];

/** The first price of a tier, interval and currency is offered; further ones are what earlier customers still pay. */
export type PriceSlot = { tier: PaidTier; interval: (typeof billingIntervals)[number]; currency: string; priceId: string };

export type BillingConfig = {
  secretKey: string;
  /** Newest first; all of them count. */
  webhookSecrets: string[];
  prices: PriceSlot[];
  /** Null: Stripe itself. */
  apiUrl: URL | null;
  graceDays: number;
  addsTax: boolean;
  takesPromotionCodes: boolean;
};

const priceShape = new RegExp(
  `^(${paidTiers.join("|")}):(${billingIntervals.join("|")}):([a-z]{3})=(price_[A-Za-z0-9_]{1,240})$`,
);
const priceHelp = "must look like starter:month:usd=price_…, several of them comma separated";

const words = z
  .string()
  .transform((text) => text.split(",").map((word) => word.trim()))
  .pipe(z.array(z.string().min(1)).min(1));

export const StripePrices = words.transform((entries, context) => {
  const slots = entries.map(toSlot);
  if (slots.some((slot) => slot === null)) context.addIssue({ code: "custom", message: priceHelp });
  const known = slots.filter((slot): slot is PriceSlot => slot !== null);
  const ids = known.map(({ priceId }) => priceId);
  if (new Set(ids).size < ids.length) context.addIssue({ code: "custom", message: "must name each price once" });
  return known;
});

export const StripeWebhookSecrets = words.pipe(
  z.array(z.string().regex(/^whsec_[\w+/=-]{16,}$/, "must begin with whsec_, several of them comma separated")).max(8),
);

export const StripeSecretKey = z
  .string()
  .regex(/^[rs]k_(test|live)_\w{8,}$/, "must begin with sk_live_, rk_live_, sk_test_ or rk_test_");

function toSlot(entry: string): PriceSlot | null {
  const [, tier, interval, currency, priceId] = priceShape.exec(entry) ?? [];
  return priceId ? ({ tier, interval, currency, priceId } as PriceSlot) : null;
}

export function billingOf(values: ConfigValues): BillingConfig | null {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRETS: webhookSecrets, STRIPE_PRICES: prices } = values;
  if (!secretKey || !webhookSecrets || !prices) return null;
  return {
    secretKey,
    webhookSecrets,
    prices,
    apiUrl: values.STRIPE_API_URL ? new URL(values.STRIPE_API_URL) : null,
    graceDays: values.BILLING_GRACE_DAYS,
    addsTax: values.STRIPE_AUTOMATIC_TAX,
    takesPromotionCodes: values.STRIPE_PROMOTION_CODES,
  };
}
