// Somebody is invited in a real browser, comes in as a viewer, and is offered nothing that the server would refuse them.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openBrowser } from "./browser";
import { inspectPage } from "./inspect-page";
import { openPalette } from "./open-palette";
import { linkInOutbox } from "./outbox";
import { freshDataDir, type Product, removeDataDir, startProduct } from "./product";

const guest = { name: "Grace Example", email: "grace@example.com", password: "a sentence is easier than a puzzle" };

let product: Product;
let browser: Browser;
let operator: Page;
let page: Page;
let workspace: string;

beforeAll(async () => {
  product = await startProduct({ dataDir: freshDataDir() });
  browser = await openBrowser();
  operator = await browser.newPage({ baseURL: product.url });
  await operator.goto(product.signInUrl);
  await operator.waitForURL(/\/w\/wks_/);
  workspace = new URL(operator.url()).pathname;
  page = await (await browser.newContext({ baseURL: product.url })).newPage();
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  if (product) removeDataDir(product.dataDir);
});

const button = (label: string) => page.getByRole("button", { name: label, exact: true });

it("an invited stranger finds the address filled in, and is back at the invitation once it is confirmed", async () => {
  await operator.goto(`${workspace}/members`);
  await operator.getByLabel("Email").fill(guest.email);
  await operator.getByRole("radio", { name: /^Viewer/ }).check({ force: true });
  await operator.getByRole("button", { name: "Send the invitation" }).click();
  await operator.getByText("The invitation is on its way.").waitFor();
  await page.goto(await linkInOutbox(operator, "/invitation"));
  await page.getByRole("link", { name: "Make an account" }).click();
  expect(await page.getByLabel("Email").inputValue()).toBe(guest.email);
  await page.getByLabel("Your name").fill(guest.name);
  await page.getByLabel("Password", { exact: true }).fill(guest.password);
  await button("Create account").click();
  await page.waitForURL(/\/verify\/sent/);
  await page.goto(await linkInOutbox(operator, "/verify"));
  await page.getByLabel("Password", { exact: true }).fill(guest.password);
  await button("Confirm address").click();
  await button("Accept and open the workspace").click();
  await page.waitForURL((url) => url.pathname === workspace);
});

it("a viewer is told where their role ends, instead of being offered what would be refused", async () => {
  const agent = `${workspace}/agents/${product.agentId}`;
  const ends = {
    [`${workspace}/agents/new`]: "Others here put agents online",
    [agent]: "You may look at this agent, not talk to it",
    [`${agent}/settings`]: "Others change this agent",
    [`${agent}/secrets`]: "Your role does not allow this",
  };
  for (const [address, words] of Object.entries(ends)) {
    await page.goto(address);
    await page.getByText(words, { exact: true }).waitFor();
    expect(await page.locator("main form").count(), address).toBe(0);
  }
  await page.goto(agent);
  expect(await inspectPage(page, "viewer-agent")).toEqual([]);
});

it("the palette leads a viewer to their own pages, and to no act of others", async () => {
  const palette = await openPalette(page, workspace);
  await palette.getByText("Copy id of hello").waitFor();
  expect(await palette.getByText(/^(New agent|Talk to hello|Deploy hello|Platform)$/).count()).toBe(0);
  await page.keyboard.type("two-factor");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/account/sign-in");
});
