// Papers of invoices: for their own workspace, asked of Stripe as they are wanted, and only where Stripe itself keeps them.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paperAddress } from "~/server/payments/hosted-address";
import { type BillingRig, createBillingRig, prices } from "~/server/testing/billing-rig";
import { linkInvoice } from "./link-invoice";
import { listInvoices } from "./list-invoices";

let rig: BillingRig;
beforeAll(async () => {
  rig = await createBillingRig();
});
afterAll(() => rig.dispose());

async function growInvoice() {
  const customer = await rig.growCustomer();
  rig.stripe.ledger.subscribe(customer.customerId, prices.pro);
  await rig.takeAll();
  const { items } = await listInvoices(rig.services, customer.tenant.scope, { limit: 10 });
  return { ...customer, recordId: items[0]?.recordId ?? "" };
}

describe("the link of an invoice", () => {
  it("leads to its page or its PDF at Stripe, and is not in the list", async () => {
    const { tenant, recordId } = await growInvoice();
    const page = await linkInvoice(rig.services, tenant.scope, { recordId, paper: "page" });
    const pdf = await linkInvoice(rig.services, tenant.scope, { recordId, paper: "pdf" });
    expect([new URL(page.url).host, pdf.url.endsWith("/pdf")]).toEqual(["invoice.stripe.com", true]);
    expect(JSON.stringify(await listInvoices(rig.services, tenant.scope, { limit: 10 }))).not.toContain("stripe.com");
  });

  it("of another workspace is not there, exactly as one that does not exist", async () => {
    const [mine, theirs] = [await growInvoice(), await growInvoice()];
    const asked = rig.stripe.calls.length;
    const foreign = linkInvoice(rig.services, mine.tenant.scope, { recordId: theirs.recordId, paper: "page" });
    await expect(foreign).rejects.toMatchObject({ code: "NOT_FOUND", message: expect.stringContaining("invoice") });
    const missing = linkInvoice(rig.services, mine.tenant.scope, { recordId: "rec_missing", paper: "page" });
    await expect(missing).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(rig.stripe.calls.length).toBe(asked);
  });

  it("that leads anywhere but to Stripe is given to nobody", async () => {
    const { tenant, recordId, customerId } = await growInvoice();
    const [invoice] = rig.stripe.ledger.list("invoice", (one) => one["customer"] === customerId);
    Object.assign(invoice ?? {}, { hosted_invoice_url: "https://invoice.stripe.com.example.com/i/1" });
    const link = linkInvoice(rig.services, tenant.scope, { recordId, paper: "page" });
    await expect(link).rejects.toMatchObject({ code: "CONFLICT", details: { reason: "no_paper" } });
  });

  it.each([
    ["https://invoice.stripe.com/i/1", true],
    ["http://invoice.stripe.com/i/1", false],
    ["https://stripe.com.example.com/", false],
    ["https://evilstripe.com/", false],
    ["https://me@invoice.stripe.com/", false],
    ["https://invoice.stripe.com:8443/", false],
    ["javascript:alert(1)", false],
    ["//invoice.stripe.com/", false],
  ])("%s: a paper of Stripe's %s", (url, isPaper) => {
    expect(paperAddress(url) !== null).toBe(isPaper);
  });
});
