// An account in a real browser: a password, two-factor sign-in, a passkey, a fresh proof, and every way back in.
import { TOTP } from "otpauth";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openBrowser } from "./browser";
import { inspectPage } from "./inspect-page";
import { freshDataDir, type Product, removeDataDir, startProduct } from "./product";

const password = "a sentence is easier than a puzzle";
const name = "operator@localhost";

let product: Product;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let recoveryCodes: string[];
const barriers: string[] = [];
const problems: string[] = [];

beforeAll(async () => {
  product = await startProduct({ dataDir: freshDataDir() });
  browser = await openBrowser();
  // Browsers know passkeys for the name localhost, not for the bare address.
  context = await browser.newContext({ baseURL: atLocalhost(product.url) });
  page = await context.newPage();
  page.on("pageerror", (error) => problems.push(error.message));
  await addAuthenticator(page);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  if (product) removeDataDir(product.dataDir);
});

const atLocalhost = (url: string) => url.replace("127.0.0.1", "localhost");
const button = (label: string) => page.getByRole("button", { name: label, exact: true });

/** A device with a fingerprint reader that always knows its owner. */
async function addAuthenticator(target: Page): Promise<void> {
  const devtools = await context.newCDPSession(target);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

async function inspect(name: string): Promise<void> {
  barriers.push(...(await inspectPage(page, name)));
}

async function typePassword(to: string): Promise<void> {
  await context.clearCookies();
  await page.goto(`/sign-in?to=${to}`);
  await page.getByLabel("Email").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await button("Sign in").click();
  await page.getByRole("heading", { name: "One more step" }).waitFor();
}

it("the operator comes in by the console's link and chooses a password", async () => {
  await page.goto(atLocalhost(product.signInUrl));
  await page.waitForURL((url) => url.pathname.startsWith("/w/"));
  await page.goto("/confirm?to=/account");
  await page.getByText("Come in by a fresh link of the console").waitFor();
  await inspect("confirm-operator");
  await page.goto("/account/sign-in");
  await page.getByLabel("New password").fill("short");
  await button("Set a password").click();
  await page.getByText("Use at least 10 characters.").first().waitFor();
  await page.getByLabel("New password").fill(password);
  await button("Set a password").click();
  await page.getByText("Your password is new.").waitFor();
  expect(await page.getByLabel("New password").inputValue()).toBe("");
});

it("turns two-factor sign-in on with the app's code; a mistyped one costs nothing but the try", async () => {
  await button("Set up two-factor sign-in").click();
  await page.getByRole("img", { name: /QR code/ }).waitFor();
  await inspect("two-factor-offer");
  const secret = (await page.locator("pre code").innerText()).replaceAll(/\s/g, "");
  await page.getByLabel("Code of the app").fill("123");
  await button("Turn it on").click();
  await page.getByText("This is not the code that the app shows now.").first().waitFor();
  expect((await page.locator("pre code").innerText()).replaceAll(/\s/g, "")).toBe(secret);
  await page.getByLabel("Code of the app").fill(new TOTP({ secret }).generate());
  await button("Turn it on").click();
  await page.getByText("Keep these codes now").waitFor();
  await inspect("recovery-codes");
  recoveryCodes = await page.locator("li.select-all").allInnerTexts();
  expect(recoveryCodes).toHaveLength(10);
});

it("adds a passkey, and confirms with it that it is the same person", async () => {
  await page.getByLabel("Name of your first passkey").fill("Work laptop");
  await button("Add a passkey").click();
  await page.getByText("not used yet").waitFor();
  await inspect("sign-in-methods");
  await page.goto("/confirm?to=/account/sessions");
  await inspect("confirm");
  await button("Confirm with a passkey").click();
  await page.waitForURL((url) => url.pathname === "/account/sessions");
});

it("comes in by password and code, a recovery code counting once", async () => {
  await typePassword("/account");
  await inspect("second-factor");
  await page.getByLabel("Code", { exact: true }).fill("000000");
  await button("Sign in").click();
  await page.getByText("This code is not right").first().waitFor();
  await page.getByLabel("Code", { exact: true }).fill(recoveryCodes[0] ?? "");
  await button("Sign in").click();
  await page.waitForURL((url) => url.pathname === "/account");
  await typePassword("/account");
  await page.getByLabel("Code", { exact: true }).fill(recoveryCodes[0] ?? "");
  await button("Sign in").click();
  await page.getByText("This code is not right").first().waitFor();
});

it("comes in by passkey alone, and sees by what each session began", async () => {
  await context.clearCookies();
  await page.goto("/sign-in?to=/account/sessions");
  await inspect("sign-in");
  await button("Sign in with a passkey").click();
  await page.waitForURL((url) => url.pathname === "/account/sessions");
  await page.getByText("by passkey").waitFor();
  await inspect("sessions");
});

it("turns two-factor sign-in off only after a second press, beside what that means", async () => {
  await page.goto("/account/sign-in");
  expect(await button("Turn two-factor sign-in off").isVisible()).toBe(false);
  await page.getByText("Turn off…").click();
  await inspect("two-factor-off");
  await button("Turn two-factor sign-in off").click();
  await button("Set up two-factor sign-in").waitFor();
});

it("gets a clear page for an address that nobody can have been given", async () => {
  const answer = await page.goto("/invitation?token=%00");
  expect(answer?.status()).toBe(400);
  await page.getByRole("heading", { name: "This could not be read" }).waitFor();
});

it("at the bare address is told where passkeys work", async () => {
  const elsewhere = await browser.newPage({ baseURL: product.url });
  await elsewhere.goto("/sign-in?to=/account");
  const link = elsewhere.getByRole("link", { name: /Use a passkey at localhost/ });
  expect(await link.getAttribute("href")).toBe(`${atLocalhost(product.url).replace(/\/$/, "")}/sign-in?to=%2Faccount`);
});

it("meets no barrier and no broken page on its way", () => {
  expect([problems, barriers]).toEqual([[], []]);
});
