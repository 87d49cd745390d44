// The main job in a real browser: sign up, verify, create, drop a zip, set the secret, deploy live, talk, and see what it left.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { until, zipOfExample } from "./api-client";
import { openBrowser } from "./browser";
import { inspectPage } from "./inspect-page";
import { openPalette } from "./open-palette";
import { linkInOutbox } from "./outbox";
import { freshDataDir, type Product, removeDataDir, startProduct } from "./product";

const person = { name: "Ada Example", email: "ada@example.com", password: "a sentence is easier than a puzzle" };

let product: Product;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];
const barriers: string[] = [];

beforeAll(async () => {
  product = await startProduct({ dataDir: freshDataDir() });
  browser = await openBrowser();
  context = await browser.newContext({ baseURL: product.url });
  page = await context.newPage();
  page.on("pageerror", (error) => problems.push(`page error at ${page.url()}: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  if (product) removeDataDir(product.dataDir);
});

/** What it finds is told at the end. */
async function inspect(name: string, target: Page = page): Promise<void> {
  barriers.push(...(await inspectPage(target, name)));
}

it("somebody signs up and confirms the address by the letter in the outbox", async () => {
  await page.goto("/");
  await inspect("landing");
  await page.goto("/sign-up");
  await inspect("sign-up");
  await page.getByLabel("Your name").fill(person.name);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("Use at least 10 characters.").first().waitFor();
  expect(await page.getByLabel("Email").inputValue()).toBe(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Check your mail" }).waitFor();
  await inspect("check-your-mail");
  await page.goto(await verificationLink());
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Confirm address" }).click();
  await page.waitForURL(/\/w\/wks_/);
});

/** The operator reads the outbox in a browser of their own. */
async function verificationLink(): Promise<string> {
  const operator = await browser.newContext({ baseURL: product.url });
  const desk = await operator.newPage();
  await desk.goto(product.signInUrl);
  await desk.waitForURL(/\/w\/wks_/);
  await inspect("overview", desk);
  const link = await linkInOutbox(desk, "/verify");
  await inspect("outbox", desk);
  await operator.close();
  return link;
}

it("a new workspace teaches its first step, and an upload is looked at before anything runs", async () => {
  await inspect("overview-empty");
  await page.getByRole("link", { name: "Agents" }).first().click();
  await page.waitForURL(/\/agents$/);
  await inspect("agents-empty");
  await page.goto(`${page.url()}/new`);
  await inspect("agent-new");
  const zip = Buffer.from(zipOfExample("secrets-check"));
  await page.getByLabel("Zip file").setInputFiles({ name: "secrets-check.zip", mimeType: "application/zip", buffer: zip });
  await page.getByRole("button", { name: "Create and deploy" }).waitFor();
  await inspect("bundle-preview");
});

it("a required secret is asked for, the stages are watched live, and the version goes live", async () => {
  await page.getByRole("button", { name: "Create and deploy" }).click();
  const field = page.getByLabel(/DEMO_SECRET/).first();
  await field.fill("canary-e2e-secret");
  await page.getByRole("button", { name: "Create and deploy" }).click();
  await page.waitForURL(/\/deployments\/dep_/);
  await page.getByText("Live", { exact: true }).first().waitFor({ timeout: 60_000 });
  await inspect("deployment");
  expect(await page.content()).not.toContain("canary-e2e-secret");
});

it("the playground streams an answer with its trace id", async () => {
  await page.getByRole("link", { name: "Playground" }).click();
  await page.getByLabel("Message to the agent").fill("is it set?");
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator('li[data-state="done"]').waitFor();
  await inspect("playground");
  expect(await page.content()).not.toContain("canary-e2e-secret");
});

it("the call, its usage and the audit entries appear", async () => {
  await page.getByRole("link", { name: "Logs" }).click();
  await page.locator("summary", { hasText: "Calls" }).click();
  await page.locator("td", { hasText: /trc_/ }).first().waitFor();
  await inspect("logs");
  const home = /\/w\/wks_[0-9A-Z]+/.exec(page.url())?.[0] ?? "";
  await until(20_000, "usage on the overview", async () => {
    await page.goto(`${home}/usage`);
    return /\b1\b/.test(await page.locator("main").innerText()) ? true : null;
  });
  await inspect("usage");
  await page.goto(`${home}/audit`);
  for (const action of ["deployment.create", "secret.set"]) await page.getByText(action).first().waitFor();
  await inspect("audit");
  await page.goto(`${home}/agents`);
  await inspect("agents");
  for (const name of ["keys", "members", "settings"]) {
    await page.goto(`${home}/${name}`);
    await inspect(name);
  }
});

it("the palette opens even when it is asked for while the page is still arriving", async () => {
  const home = /\/w\/wks_[0-9A-Z]+/.exec(page.url())?.[0] ?? "";
  await openPalette(page, home);
  await page.keyboard.type("audit");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/audit$/);
});

it("nothing went wrong in the browser on the way, the content security policy included", () => {
  const unexpected = problems.filter((line) => !/status of 400/.test(line));
  expect(unexpected).toEqual([]);
});

it("axe finds no barrier on any of these pages, in either theme", () => {
  expect(barriers).toEqual([]);
});
