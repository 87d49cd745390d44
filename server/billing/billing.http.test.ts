// The webhook's door over HTTP: raw bytes, one answer to whatever is not proven, a cap before anything is looked at.
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerError } from "~/server/http/answer-error";
import { openApiDocument } from "~/server/http/openapi-document";
import { type BillingRig, createBillingRig, prices } from "~/server/testing/billing-rig";
import { mountBilling } from "./billing.http";

let rig: BillingRig;
let app: FastifyInstance;
beforeAll(async () => {
  rig = await createBillingRig();
  app = Fastify();
  app.setErrorHandler((thrown, request, reply) => answerError(rig.services.log, thrown, request, reply));
  mountBilling(app, rig.services);
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await rig.dispose();
});

const post = (payload: string | Buffer, headers: Record<string, string> = {}) =>
  app.inject({
    method: "POST",
    url: "/v1/billing/webhook",
    payload,
    headers: { "content-type": "application/json", ...headers },
  });

describe("the webhook's door", () => {
  it("answers 200 once the event is durable, and says of a copy that it is one", async () => {
    const { customerId } = await rig.growCustomer();
    rig.stripe.ledger.subscribe(customerId, prices.pro);
    const [event] = rig.stripe.ledger.events.splice(0);
    if (!event) throw new Error("the stand-in told nothing");
    const { payload, signature } = rig.stripe.sign(event);
    const first = await post(payload, { "stripe-signature": signature });
    expect([first.statusCode, first.json().duplicate]).toEqual([200, false]);
    expect(await rig.services.owner.selectFrom("billingEvents").select("id").execute()).toEqual([{ id: event.id }]);
    expect((await post(payload, { "stripe-signature": signature })).json().duplicate).toBe(true);
  });

  it("refuses a missing header, an empty body and a signed text that is no event, in our own words", async () => {
    const cookie = { cookie: "session=somebody" };
    for (const answer of [await post("{}"), await post("", { "stripe-signature": "t=1,v1=2" }), await post("{}", cookie)]) {
      expect([answer.statusCode, answer.json().error.code]).toEqual([401, "UNAUTHENTICATED"]);
    }
    const { payload, signature } = rig.stripe.sign({ id: "evt_1" } as never);
    expect((await post(payload, { "stripe-signature": signature })).statusCode).toBe(400);
  });

  it("refuses a huge body before it looks at its signature", async () => {
    const huge = await post(Buffer.alloc(600 * 1024, 32), { "stripe-signature": "t=1,v1=2" });
    expect([huge.statusCode, huge.json().error.code]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
  });
});

it("stands in the OpenAPI document with its signature, what 2xx means and its errors", async () => {
  const { paths } = openApiDocument("https://example.com");
  const door = paths?.["/billing/webhook"]?.post;
  expect(door?.parameters).toMatchObject([{ in: "header", name: "Stripe-Signature", required: true }]);
  expect(door?.description).toContain("2xx means durable");
  expect(Object.keys(door?.responses ?? {}).sort()).toEqual(["200", "default"]);
  expect(door?.security).toEqual([]);
});
