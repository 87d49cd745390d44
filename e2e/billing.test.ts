// The way of money in a real browser: sign up, choose a plan, pay at Stripe's stand-in, get more room, cancel, and lose it again.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type StripeStandIn, startStripeStandIn } from "~/server/testing/stripe-stand-in/start-stripe-stand-in";
import { openBrowser } from "./browser";
import { inspectPage } from "./inspect-page";
import { linkInOutbox } from "./outbox";
import { freshDataDir, type Product, removeDataDir, startProduct } from "./product";

const person = { name: "Bea Example", email: "bea@example.com", password: "a sentence is easier than a puzzle" };
const secretKey = "sk_test_forTheBrowserOnly";
const webhookSecret = "whsec_exampleForTheBrowserOnly";
const prices = "starter:month:usd=price_starter,pro:month:usd=price_pro,pro:year:usd=price_pro_year";

let stripe: StripeStandIn;
let product: Product;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let home: string;
const problems: string[] = [];
const barriers: string[] = [];

beforeAll(async () => {
  stripe = await startStripeStandIn({ secretKey, apiVersion: "2026-10-28.endive", webhookSecret });
  stripe.ledger.addPrice("price_starter", { interval: "month", unitAmount: 2_900 });
  stripe.ledger.addPrice("price_pro", { interval: "month", unitAmount: 9_900 });
  stripe.ledger.addPrice("price_pro_year", { interval: "year", unitAmount: 99_000 });
  const env = {
    STRIPE_SECRET_KEY: secretKey,
    STRIPE_WEBHOOK_SECRETS: webhookSecret,
    STRIPE_PRICES: prices,
    STRIPE_API_URL: stripe.url.href,
  };
  product = await startProduct({ dataDir: freshDataDir(), env });
  browser = await openBrowser();
  context = await browser.newContext({ baseURL: product.url });
  page = await context.newPage();
  page.on("pageerror", (error) => problems.push(`page error at ${page.url()}: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && page.url().startsWith(product.url)) problems.push(`console: ${message.text()}`);
  });
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  await stripe?.stop();
  if (product) removeDataDir(product.dataDir);
});

const webhook = () => new URL("/v1/billing/webhook", product.url);

async function inspect(name: string): Promise<void> {
  barriers.push(...(await inspectPage(page, name)));
}

async function verificationLink(): Promise<string> {
  const operator = await browser.newContext({ baseURL: product.url });
  const desk = await operator.newPage();
  await desk.goto(product.signInUrl);
  await desk.waitForURL(/\/w\/wks_/);
  const link = await linkInOutbox(desk, "/verify");
  await operator.close();
  return link;
}

/** The page shows the plan once the worker has looked; until then it is looked at again. */
async function planIs(name: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.goto(`${home}/billing`);
        return page.getByRole("heading", { level: 2 }).first().innerText();
      },
      { timeout: 30_000, interval: 500 },
    )
    .toBe(`${name} plan`);
}

it("a new workspace is on the free plan and sees what each plan would mean", async () => {
  await page.goto("/sign-up");
  await page.getByLabel("Your name").fill(person.name);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Check your mail" }).waitFor();
  await page.goto(await verificationLink());
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Confirm address" }).click();
  await page.waitForURL(/\/w\/wks_/);
  home = /\/w\/wks_[0-9A-Z]+/.exec(page.url())?.[0] ?? "";
  await planIs("Free");
  await page.getByText("$29").first().waitFor();
  await inspect("billing-free");
});

it("a declined card changes nothing, a good one leads back, and Stripe's signed word brings the plan", async () => {
  await page.getByRole("button", { name: "Choose Starter, paid by the month" }).click();
  await page.waitForURL(/\/c\/pay\//);
  await page.getByLabel("Card number").fill("4000 0000 0000 0002");
  await page.getByRole("button", { name: "Subscribe" }).click();
  await page.getByText("Your card was declined.").waitFor();
  await page.getByLabel("Card number").fill("4242 4242 4242 4242");
  await page.getByRole("button", { name: "Subscribe" }).click();
  await page.waitForURL(/\/billing\?checkout=done/);
  await page.getByText("Stripe is telling us").waitFor();
  expect(await page.getByRole("heading", { level: 2 }).first().innerText()).toBe("Free plan");
  // Twice, and in the wrong order: as it may happen.
  expect(await stripe.deliver(webhook(), (events) => [...events, ...events].reverse())).toEqual(Array(8).fill(200));
  await page.getByText("The Starter plan holds from now on.").waitFor({ timeout: 30_000 });
  await page.getByText("of 500K").first().waitFor();
  await inspect("billing-starter");
});

it("the invoice is there", async () => {
  await page.goto(`${home}/billing/invoices`);
  await page.getByText("paid").first().waitFor();
  await inspect("billing-invoices");
});

it("a payment that fails is said on every page, and mended in the portal", async () => {
  const [subscription] = stripe.ledger.list("subscription", () => true);
  stripe.ledger.failPayment(subscription?.id ?? "");
  await stripe.deliver(webhook());
  await expect
    .poll(
      async () => {
        await page.goto(home);
        return page.getByText("A payment of this workspace failed.").count();
      },
      { timeout: 30_000, interval: 500 },
    )
    .toBe(1);
  await page.goto(`${home}/billing`);
  await inspect("billing-payment-failed");
  await page.getByRole("button", { name: "Change, pay or cancel" }).click();
  await page.waitForURL(/\/p\/session\//);
  await page.getByRole("button", { name: "pay" }).click();
  await stripe.deliver(webhook());
  await planIs("Starter");
  await expect
    .poll(
      async () => {
        await page.goto(home);
        return page.getByText("A payment of this workspace failed.").count();
      },
      { timeout: 30_000, interval: 500 },
    )
    .toBe(0);
});

it("a cancelled subscription says when it ends, and ends in the free plan", async () => {
  await page.goto(`${home}/billing`);
  await page.getByRole("button", { name: "Change, pay or cancel" }).click();
  await page.waitForURL(/\/p\/session\//);
  await page.getByRole("button", { name: "cancel" }).click();
  await stripe.deliver(webhook());
  await expect
    .poll(
      async () => {
        await page.goto(`${home}/billing`);
        return page.getByText("It was cancelled and ends on").count();
      },
      { timeout: 30_000, interval: 500 },
    )
    .toBe(1);
  await inspect("billing-cancelled");
  await page.getByRole("button", { name: "Change, pay or cancel" }).click();
  await page.waitForURL(/\/p\/session\//);
  await page.getByRole("button", { name: "end" }).click();
  await stripe.deliver(webhook());
  await planIs("Free");
});

it("nothing went wrong in the browser on the way, and axe finds no barrier", () => {
  expect(problems).toEqual([]);
  expect(barriers).toEqual([]);
});
