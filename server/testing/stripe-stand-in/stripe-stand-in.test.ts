// The stand-in is as strict as the real one: asked through Stripe's own package, with what it must refuse.
import Stripe from "stripe";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StripeStandIn, startStripeStandIn } from "./start-stripe-stand-in";

const apiVersion = "2026-10-28.endive";
const secretKey = "sk_test_standIn";

let standIn: StripeStandIn;
let stripe: Stripe;
const clientOf = (key: string, version = apiVersion) =>
  new Stripe(key, {
    apiVersion: version as typeof apiVersion,
    protocol: "http",
    host: standIn.url.hostname,
    port: standIn.url.port,
    maxNetworkRetries: 0,
  });

beforeAll(async () => {
  standIn = await startStripeStandIn({ secretKey, apiVersion, webhookSecret: "whsec_exampleOfAStandIn" });
  standIn.ledger.addPrice("price_one", { interval: "month", unitAmount: 100 });
  stripe = clientOf(secretKey);
});
afterAll(() => standIn.stop());

describe("the stand-in", () => {
  it("refuses another key, another version, and a write without an idempotency key", async () => {
    await expect(clientOf("sk_test_another").customers.retrieve("cus_1")).rejects.toMatchObject({ statusCode: 401 });
    await expect(clientOf(secretKey, "2020-01-01").customers.retrieve("cus_1")).rejects.toThrow("API version");
    const bare = await fetch(new URL("/v1/customers", standIn.url), {
      method: "POST",
      headers: { authorization: `Bearer ${secretKey}`, "stripe-version": apiVersion },
      body: "name=Ada",
    });
    expect(bare.status).toBe(400);
  });

  it("refuses an unknown parameter, a word of the wrong kind, and an object that is not there", async () => {
    const wrong = { name: "Ada", favourite_colour: "blue" } as Stripe.CustomerCreateParams;
    await expect(stripe.customers.create(wrong, { idempotencyKey: "one" })).rejects.toThrow("unknown parameter");
    await expect(stripe.customers.create({ name: "Ada", email: "nobody" }, { idempotencyKey: "two" })).rejects.toThrow();
    await expect(stripe.customers.retrieve("cus_missing")).rejects.toMatchObject({ code: "resource_missing" });
  });

  it("answers the same key the same, and refuses it with other parameters", async () => {
    const ada = () => stripe.customers.create({ name: "Ada", metadata: { workspaceId: "wks_1" } }, { idempotencyKey: "three" });
    const [one, two] = [await ada(), await ada()];
    expect(one.id).toBe(two.id);
    expect(one.metadata).toEqual({ workspaceId: "wks_1" });
    const other = stripe.customers.create({ name: "Bob" }, { idempotencyKey: "three" });
    await expect(other).rejects.toMatchObject({ type: "StripeIdempotencyError" });
  });

  it("signs events that Stripe's own check takes", async () => {
    const customer = await stripe.customers.create({ name: "Eve" }, { idempotencyKey: "four" });
    standIn.ledger.subscribe(customer.id, "price_one");
    const [event] = standIn.ledger.events;
    if (!event) throw new Error("the stand-in told nothing");
    const { payload, signature } = standIn.sign(event);
    expect(Stripe.webhooks.constructEvent(payload, signature, "whsec_exampleOfAStandIn").type).toBe(
      "customer.subscription.created",
    );
    const { data } = await stripe.subscriptions.list({ customer: customer.id, status: "all" });
    expect(data[0]?.items.data[0]?.price.id).toBe("price_one");
  });
});
