// Talking to an agent in a real browser: an answer survives a new load of the page and a lost network, stops when it is told to,
// and everything about it is found again.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { until } from "./api-client";
import { openBrowser } from "./browser";
import { inspectPage } from "./inspect-page";
import { freshDataDir, type Product, removeDataDir, startProduct } from "./product";

let product: Product;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let agentPath: string;
const problems: string[] = [];
const barriers: string[] = [];

beforeAll(async () => {
  product = await startProduct({ dataDir: freshDataDir() });
  browser = await openBrowser();
  context = await browser.newContext({ baseURL: product.url });
  page = await context.newPage();
  page.on("pageerror", (error) => problems.push(`page error at ${page.url()}: ${error.stack ?? error.message}`));
  await page.goto(product.signInUrl);
  await page.waitForURL(/\/w\/wks_/);
  agentPath = `${new URL(page.url()).pathname}/agents/${product.agentId}`;
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  if (product) removeDataDir(product.dataDir);
});

async function inspect(name: string): Promise<void> {
  barriers.push(...(await inspectPage(page, name)));
}

/** The sample agent says back what it heard, word by word: long enough to be broken off in the middle. */
const words = Array.from({ length: 80 }, (_, place) => `word${place}`).join(" ");
const turns = () => page.locator("li[data-state]");

async function ask(): Promise<void> {
  const before = await turns().count();
  await page.getByLabel("Message to the agent").fill(words);
  await page.keyboard.press("Enter");
  await answerOf(before)
    .filter({ hasText: /word2 \S/ })
    .waitFor();
}

/** Not the question, which holds the same words. */
const answerOf = (place: number) => turns().nth(place).locator("div > p").first();

async function expectWhole(place: number): Promise<void> {
  await turns().nth(place).and(page.locator('[data-state="done"]')).waitFor({ timeout: 30_000 });
  expect(await answerOf(place).innerText()).toContain(`You said “${words}”`);
}

it("an answer goes on where it was when the page is loaded anew in its middle, nothing twice and nothing missing", async () => {
  await page.goto(agentPath, { waitUntil: "networkidle" });
  await inspect("playground-empty");
  await ask();
  await page.reload();
  expect(await turns().first().getAttribute("data-state")).not.toBe("done");
  await expectWhole(0);
});

it("an answer goes on after the network was gone", async () => {
  await ask();
  await context.setOffline(true);
  try {
    await page.getByText("Connection lost, going on where it was").waitFor();
  } finally {
    await context.setOffline(false);
  }
  await expectWhole(1);
});

it("stop ends an answer, and the call is recorded as stopped", async () => {
  await ask();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.locator('li[data-state="stopped"]').waitFor();
  await inspect("playground-stopped");
  await until(20_000, "the stopped call", async () => {
    await page.goto(`${agentPath}/logs`);
    return (await page.locator("td", { hasText: "Stopped" }).count()) > 0 ? true : null;
  });
  await inspect("logs");
});

it("a call is found again by its trace: what it took, whose it was, what the runtime reported", async () => {
  await until(20_000, "the report of the runtime", async () => {
    await page.goto(`${agentPath}/logs`);
    await page.locator("#calls summary").click();
    await page.locator('#calls a[href*="/trace?id="]').last().click();
    await page.getByRole("heading", { name: "The call" }).waitFor();
    return (await page.locator("td", { hasText: /evt_/ }).count()) > 0 ? true : null;
  });
  await page.getByText("Operator").first().waitFor();
  await inspect("trace");
  await page.goto(`${agentPath}/errors`);
  await page.getByText("No call has failed").waitFor();
  await inspect("errors");
});

it("a session is listed with whose it is, inspected, left for a new one, come back to, and closed", async () => {
  await page.goto(agentPath, { waitUntil: "networkidle" });
  const choice = page.getByLabel("Session", { exact: true });
  const sessionId = await choice.inputValue();
  expect(sessionId).toMatch(/^ses_/);
  await page.getByRole("button", { name: "New", exact: true }).click();
  await expect.poll(() => turns().count()).toBe(0);
  await choice.selectOption(sessionId);
  await expect.poll(() => turns().count()).toBe(3);
  await page.goto(`${agentPath}/sessions`);
  await page.locator(`a[href$="/sessions/${sessionId}"]`).click();
  await page.getByText("Nothing was kept").waitFor();
  await inspect("session");
  await page.goto(`${agentPath}/sessions`);
  await inspect("sessions");
  await page.getByRole("button", { name: /^Close ses_/ }).click();
  await page.getByText("Closed. Nobody can go on with it").waitFor();
});

it("charts follow a part of their span that was dragged over, and show it as a table too", async () => {
  await page.goto(`${agentPath}/metrics`, { waitUntil: "networkidle" });
  const chart = page.locator(".u-over").first();
  await chart.waitFor();
  await inspect("metrics");
  const box = await chart.boundingBox();
  if (!box) throw new Error("The chart is nowhere.");
  await page.mouse.move(box.x + box.width * 0.2, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 50, { steps: 5 });
  await page.mouse.up();
  await page.getByRole("button", { name: "Show the whole span" }).click();
  await page.getByText("Drag over a chart to look closer.").waitFor();
});

it("an operator sees what sweeps found", async () => {
  await page.goto("/admin/sweeps");
  await page.getByRole("heading", { name: "Usage counted again" }).waitFor();
  await inspect("sweeps");
});

it("nothing went wrong in the browser on the way, and axe finds no barrier in either theme", () => {
  expect(problems).toEqual([]);
  expect(barriers).toEqual([]);
});
