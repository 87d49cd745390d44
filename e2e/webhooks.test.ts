// Alerts, webhooks and Slack in a real browser: a host is approved, a receiver takes signed events, a secret is changed, a channel takes a message.
import type { Browser, Page } from "playwright-core";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, it } from "vitest";
import { answerAsSlack, readMessage } from "~/server/testing/slack-stand-in";
import { type Received, startWebhookReceiver, type WebhookReceiver } from "~/server/testing/webhook-receiver";
import { type AlteredTree, exchange, makeAlteredTree } from "./altered-tree";
import { until } from "./api-client";
import { openBrowser } from "./browser";
import { inspectPage } from "./inspect-page";
import { freshDataDir, type Product, removeDataDir } from "./product";

const patienceMs = 30_000;
/** So much of a secret stands in the list. */
const hintCharacters = 10;
const slackPath = "/services/T0E2E/B0E2E/abcdefghijklmnopqrst";

let receiver: WebhookReceiver;
let tree: AlteredTree;
let product: Product;
let browser: Browser;
let page: Page;
let settings: string;
let endpointPath: string;
const secrets: string[] = [];
const problems: string[] = [];
const barriers: string[] = [];

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  receiver.answer = (received) => (received.path.startsWith("/services/") ? answerAsSlack(received) : { status: 204 });
  tree = await makeAlteredTree({ "server/net/network.ts": leadToReceiver, "server/config-groups.ts": takeForSlack });
  product = await tree.start({ dataDir: freshDataDir() });
  browser = await openBrowser();
  const context = await browser.newContext({ baseURL: product.url });
  page = await context.newPage();
  page.on("pageerror", (error) => problems.push(`page error at ${page.url()}: ${error.stack ?? error.message}`));
  await page.goto(product.signInUrl);
  await page.waitForURL(/\/w\/wks_/);
  settings = `${new URL(page.url()).pathname.split("/").slice(0, 3).join("/")}/settings`;
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  tree?.remove();
  await receiver?.close();
  if (product) removeDataDir(product.dataDir);
});

/** No variable lets the product reach loopback, so the receiver's place goes into programs that are built for this test alone. */
function leadToReceiver(source: string): string {
  const certificateAuthority = JSON.stringify(receiver.network.certificateAuthority);
  const network = `{ allowLoopback: true, certificateAuthority: ${certificateAuthority},
    resolve: async () => [{ address: "127.0.0.1", family: 4 }] };`;
  return exchange(source, /(?<=publicNetwork: Network = )\{.*\};/, network);
}

function takeForSlack(source: string): string {
  return exchange(source, /(?<=slackHosts: readonly string\[\] = )\[.*\];/, `[${JSON.stringify(receiver.host)}];`);
}

async function inspect(name: string): Promise<void> {
  barriers.push(...(await inspectPage(page, name)));
}

const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });

async function learnSecret(): Promise<void> {
  await page.getByText("Copy the secret now").waitFor();
  const [secret] = /whsec_[\w+/=-]{20,}/.exec(await page.locator("main").innerText()) ?? [];
  if (!secret) throw new Error("No secret is shown.");
  secrets.push(secret);
}

/** The next event that the receiver takes once `act` was done. */
async function nextReceived(act: () => Promise<void>): Promise<Received> {
  const before = receiver.received.length;
  await act();
  return until(patienceMs, "an event at the receiver", async () => receiver.received[before] ?? null);
}

const sendTest = () => nextReceived(() => button("Send a test event").click());

function isSignedBy(secret: string | undefined, { body, headers }: Received): boolean {
  try {
    new Webhook(secret ?? "").verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

async function expectShown(text: string): Promise<void> {
  await until(patienceMs, `“${text}” in the log`, async () => {
    await page.goto(endpointPath, { waitUntil: "networkidle" });
    return (await page.getByText(text, { exact: true }).count()) > 0 ? true : null;
  });
}

it("alerts are shown, and from when on one is told is chosen", async () => {
  await page.goto(`${settings}/alerts`, { waitUntil: "networkidle" });
  await page.getByText("Nothing was raised").waitFor();
  await inspect("alerts");
  await page.getByLabel("From so many percent", { exact: true }).fill("25");
  await button("Save").click();
  await page.getByText("Saved. It applies from the next check.").waitFor();
  await page.reload();
  expect(await page.getByLabel("From so many percent", { exact: true }).inputValue()).toBe("25");
});

it("a webhook is made at a host that was approved, and at no other", async () => {
  await page.goto(`${settings}/webhooks`, { waitUntil: "networkidle" });
  await inspect("webhooks-empty");
  expect(await button("Make webhook").count()).toBe(0);
  await page.getByLabel("Host", { exact: true }).fill(receiver.host);
  await button("Approve host").click();
  await button("Make webhook").waitFor();
  await page.getByLabel("Address", { exact: true }).fill("https://elsewhere.example.test/webhost");
  await page.getByRole("checkbox").first().check();
  await button("Make webhook").click();
  await page.getByRole("alert").first().waitFor();
  await inspect("webhooks-refused");
  await page.getByLabel("Address", { exact: true }).fill(`https://${receiver.host}/webhost`);
  await button("Make webhook").click();
  await learnSecret();
  await inspect("webhooks-made");
  await page.locator('main a[href*="/settings/webhooks/"]').click();
  await page.waitForURL(/\/settings\/webhooks\/\w+/);
  endpointPath = new URL(page.url()).pathname;
});

it("a test event reaches the receiver signed, is in the log, and is sent again under its name", async () => {
  const first = await sendTest();
  expect(first.path).toBe("/webhost");
  expect(isSignedBy(secrets[0], first)).toBe(true);
  await expectShown("Delivered");
  await inspect("webhook-delivered");
  const again = await nextReceived(() =>
    button(/^Send .* once more$/)
      .first()
      .click(),
  );
  expect(again.headers["webhook-id"]).toBe(first.headers["webhook-id"]);
  expect(again.body).toBe(first.body);
  await expectShown("replay");
});

it("a secret is changed without an event that the receiver could not check", async () => {
  await button("Make another").click();
  await learnSecret();
  const both = await sendTest();
  expect(secrets.map((secret) => isSignedBy(secret, both))).toEqual([true, true]);
  await page.goto(endpointPath, { waitUntil: "networkidle" });
  await inspect("webhook-two-secrets");
  await button(`Remove ${secrets[0]?.slice(0, hintCharacters)}`).click();
  await expect.poll(() => button(/^Remove whsec/).count()).toBe(0);
  const last = await sendTest();
  expect(secrets.map((secret) => isSignedBy(secret, last))).toEqual([false, true]);
});

it("a Slack channel is added from the alerts page, takes a test message, and its address is not shown again", async () => {
  await page.goto(`${settings}/alerts`, { waitUntil: "networkidle" });
  await page.getByRole("link", { name: "Add a Slack channel" }).click();
  const address = page.getByLabel("Address of the incoming webhook", { exact: true });
  await address.fill(`https://${receiver.host}/services/T0E2E`);
  await button("Add Slack channel").click();
  await page.getByRole("alert").first().waitFor();
  await inspect("slack-refused");
  await address.fill(`https://${receiver.host}${slackPath}`);
  await page.getByLabel("Description", { exact: true }).fill("#incidents");
  await button("Add Slack channel").click();
  await page.getByText("The channel was added.").waitFor();
  await inspect("slack-added");
  await page.getByRole("link", { name: "#incidents", exact: true }).click();
  await page.waitForURL(/\/settings\/webhooks\/\w+/);
  endpointPath = new URL(page.url()).pathname;
  const message = await nextReceived(() => button("Send a test message").click());
  expect(message.path).toBe(slackPath);
  expect(readMessage(message).text).toContain("A test from webhost.systems");
  await expectShown("Delivered");
  expect(await page.content()).not.toContain(slackPath.slice(0, -hintCharacters));
  await inspect("slack-delivered");
  await page.goto(`${settings}/alerts`, { waitUntil: "networkidle" });
  await page.getByRole("link", { name: "1 channel" }).waitFor();
  await inspect("alerts-to-slack");
});

it("nothing went wrong in the browser on the way, and axe finds no barrier in either theme", () => {
  expect(problems).toEqual([]);
  expect(barriers).toEqual([]);
});
