// What each call of the API accepts, strictly: an unknown name or a word of the wrong kind is refused as Stripe refuses it.
import { z } from "zod";

const flag = z.enum(["true", "false"]).transform((word) => word === "true");
const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_\\w+$`));
const metadata = z.record(z.string().max(40), z.string().max(500)).optional();
const limit = z.coerce.number().int().min(1).max(100).default(10);
const url = z.url().max(2_048);

export const parameters = {
  "POST /v1/customers": z.strictObject({ name: z.string().max(256), email: z.email().max(512).optional(), metadata }),
  "GET /v1/customers/:id": z.strictObject({}),
  "POST /v1/checkout/sessions": z.strictObject({
    mode: z.literal("subscription"),
    customer: id("cus"),
    client_reference_id: z.string().max(200).optional(),
    line_items: z.array(z.strictObject({ price: id("price"), quantity: z.coerce.number().int().min(1) })).length(1),
    success_url: url,
    cancel_url: url,
    allow_promotion_codes: flag.optional(),
    automatic_tax: z.strictObject({ enabled: flag }).optional(),
    customer_update: z.strictObject({ address: z.enum(["auto", "never"]), name: z.enum(["auto", "never"]) }).optional(),
    subscription_data: z.strictObject({ metadata }).optional(),
    metadata,
    expires_at: z.coerce.number().int().optional(),
  }),
  "GET /v1/checkout/sessions": z.strictObject({
    customer: id("cus"),
    status: z.enum(["open", "complete", "expired"]).optional(),
    limit,
  }),
  "POST /v1/checkout/sessions/:id/expire": z.strictObject({}),
  "POST /v1/billing_portal/sessions": z.strictObject({ customer: id("cus"), return_url: url }),
  "GET /v1/subscriptions": z.strictObject({ customer: id("cus"), status: z.enum(["all", "active"]).default("active"), limit }),
  "DELETE /v1/subscriptions/:id": z.strictObject({}),
  "GET /v1/invoices/:id": z.strictObject({}),
  "GET /v1/invoices": z.strictObject({ customer: id("cus"), limit }),
  "GET /v1/charges/:id": z.strictObject({}),
  "GET /v1/refunds": z.strictObject({ charge: id("ch"), limit }),
  "GET /v1/disputes": z.strictObject({ charge: id("ch"), limit }),
  "GET /v1/prices/:id": z.strictObject({}),
};

export type Call = keyof typeof parameters;
export type ParametersOf<Name extends Call> = z.infer<(typeof parameters)[Name]>;
