// Two versions in a real browser: see what changed, read the code, roll back by the dialog, and the old version answers.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ApiClient, agentZip, expectStatus } from "./api-client";
import { openBrowser } from "./browser";
import { inspectPage } from "./inspect-page";
import { freshDataDir, type Product, removeDataDir, startProduct } from "./product";

let product: Product;
let api: ApiClient;
let browser: Browser;
let page: Page;
let agentId: string;
const versions: string[] = [];
const problems: string[] = [];
const barriers: string[] = [];

const says = (word: string, call = "") => `export default async function handler() {\n${call}  return "this is ${word}";\n}\n`;
const first = agentZip("desk", says("the first"));
const second = agentZip(
  "desk",
  says("the second", '  const api = "https://api.example.com/v1";\n  if (!api) throw new Error(api);\n'),
  {
    env: { requiredKeys: [], optionalKeys: ["PAYMENTS_KEY"] },
    network: { allow: ["api.example.com"] },
  },
);

beforeAll(async () => {
  product = await startProduct({ dataDir: freshDataDir() });
  api = new ApiClient(product.url, product.apiKey);
  const made = await api.deploy("desk", first);
  agentId = made.agentId;
  versions.push(made.deploymentId);
  expectStatus(await api.call("PUT", `/v1/agents/${agentId}/secrets/PAYMENTS_KEY`, { value: "canary-e2e-versions" }), 200);
  versions.push(await api.beginDeployment(agentId, second));
  await api.finished(versions[1] ?? "");
  browser = await openBrowser();
  page = await (await browser.newContext({ baseURL: product.url })).newPage();
  page.on("pageerror", (error) => problems.push(`page error at ${page.url()}: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  await page.goto(product.signInUrl);
  await page.waitForURL(/\/w\/wks_/);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  if (product) removeDataDir(product.dataDir);
});

async function inspect(name: string): Promise<void> {
  barriers.push(...(await inspectPage(page, name)));
}

async function answer(): Promise<unknown> {
  const { body } = expectStatus(await api.invoke(agentId, "who?"), 200);
  return (body.output as { text: string }).text;
}

it("the table of versions leads to what the second one changed", async () => {
  await page.getByRole("link", { name: "Agents" }).first().click();
  await page.getByRole("link", { name: "desk", exact: true }).click();
  await page.getByRole("link", { name: "Deployments" }).click();
  await page.getByRole("button", { name: "Acts of version 2" }).click();
  await inspect("versions");
  await page.getByRole("link", { name: "What changed" }).click();
  await page.waitForURL(/\/changes/);
  const main = page.locator("main");
  await main.getByText("From v1 to v2").waitFor();
  const said = await main.innerText();
  expect(said).toContain("api.example.com");
  expect(said).toMatch(/PAYMENTS_KEY is new, optional/);
  expect(said).toMatch(/only api\.example\.com; before any public host/);
  await page.getByRole("row", { name: /removed: .*return "this is the first"/ }).waitFor();
  await page.getByRole("row", { name: /added: .*return "this is the second"/ }).waitFor();
  await inspect("changes");
});

it("the code browser shows a file of the bundle, coloured, with its digest", async () => {
  await page.getByRole("link", { name: "Code", exact: true }).click();
  await page.waitForURL(/\/code/);
  await page.getByLabel("Text of src/index.ts").getByText("this is the second").waitFor();
  await page.locator(".hljs-keyword").first().waitFor();
  await inspect("code");
  await page.getByRole("link", { name: /agent\.config\.json/ }).click();
  await page.getByLabel("Text of agent.config.json").getByText("PAYMENTS_KEY").waitFor();
});

it("the dialog names what rolling back changes, and the first version answers at once", async () => {
  expect(await answer()).toBe("this is the second");
  await page.goto(`${page.url().split("/deployments/")[0]}/deployments/${versions[0]}`);
  await page.getByRole("button", { name: "Roll back to v1" }).click();
  const dialog = page.getByRole("dialog", { name: "Roll back to v1?" });
  await dialog.waitFor();
  const said = await dialog.innerText();
  expect(said).toMatch(/Nothing is rebuilt, and it takes effect at once/);
  expect(said).toMatch(/any public host; before only api\.example\.com/);
  expect(said).toMatch(/PAYMENTS_KEY is not given to v1/);
  await inspect("rollback");
  await dialog.getByRole("button", { name: "Roll back to v1" }).click();
  await page.getByText("Version 1 is live.").waitFor();
  expect(await answer()).toBe("this is the first");
});

it("a version that is not live can be tried in the playground, and nobody else gets its answers", async () => {
  await page.getByRole("link", { name: "Playground" }).click();
  await page.getByLabel("Version that answers").selectOption({ label: "v2, superseded" });
  await page.getByText("Talk to v2 of desk").waitFor();
  await page.getByLabel("Message to the agent").fill("who?");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("this is the second", { exact: true }).waitFor();
  expect(await answer()).toBe("this is the first");
  expect(await page.content()).not.toContain("canary-e2e-versions");
});

it("nothing went wrong in the browser on the way, and nothing stands in anybody's way", () => {
  expect(problems).toEqual([]);
  expect(barriers).toEqual([]);
});
