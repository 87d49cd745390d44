// One bundle of examples/ on three runtimes: the same answers, sessions and usage rows, moved in a real browser and back (AHEAD 13).
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ApiClient, expectStatus, until, zipOfExample } from "./api-client";
import { openBrowser } from "./browser";
import { inspectPage } from "./inspect-page";
import { startThreeClouds, type ThreeClouds } from "./three-clouds";

let clouds: ThreeClouds;
let api: ApiClient;
let browser: Browser;
let page: Page;
let agentId: string;
const problems: string[] = [];
const barriers: string[] = [];
/** By runtime, in the order in which the agent went there. */
const versions: Record<string, string> = {};
const answers: Record<string, unknown> = {};

const [embedded, cloudflare, agentCore] = ["embedded", "cloudflare", "agentcore"];
const placeWords: Record<string, string> = { cloudflare: "Cloudflare", agentcore: "AgentCore" };

beforeAll(async () => {
  clouds = await startThreeClouds();
  api = new ApiClient(clouds.product.url, clouds.product.apiKey);
  browser = await openBrowser();
  page = await (await browser.newContext({ baseURL: clouds.product.url })).newPage();
  page.on("pageerror", (error) => problems.push(`page error at ${page.url()}: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  await page.goto(clouds.product.signInUrl);
  await page.waitForURL(/\/w\/wks_/);
}, 400_000);

afterAll(async () => {
  await browser?.close();
  await clouds?.stop();
});

async function inspect(name: string): Promise<void> {
  barriers.push(...(await inspectPage(page, name)));
}

const workspacePath = () => new URL(page.url()).pathname.split("/").slice(0, 3).join("/");
const agentPath = () => `${workspacePath()}/agents/${agentId}`;

/** Two calls of one session and a stream: what is the same on every runtime, without what names the call or measures it. */
async function converse(): Promise<unknown> {
  const first = expectStatus(await api.invoke(agentId, "hello"), 200).body;
  const second = expectStatus(await api.invoke(agentId, "again", String(first["sessionId"])), 200).body;
  const streamed = await (await api.stream(agentId, "a stream")).text();
  const events = streamed.split("\n").flatMap((line) => (line.startsWith("event: ") ? [line.slice(7)] : []));
  const shapeOf = ({ usage, ...body }: Record<string, unknown>) => ({
    output: body["output"],
    keys: Object.keys(body).sort(),
    usage: { ...(usage as object), computeMs: typeof (usage as { computeMs: number }).computeMs },
  });
  return { first: shapeOf(first), second: shapeOf(second), keepsSession: second["sessionId"] === first["sessionId"], events };
}

type Drop = { deploymentId: string; version: number; expectedEvents: number; receivedEvents: number };

/** The usage row of a version, once all of its calls have reported. */
async function usageOf(runtime: string): Promise<Drop> {
  let last: Drop | undefined;
  const whole = async () => {
    const drops = expectStatus(await api.call("GET", `/v1/usage/drops?agentId=${agentId}`), 200).body as unknown as Drop[];
    last = drops.find((drop) => drop.deploymentId === versions[runtime]);
    return last && last.expectedEvents >= 3 && last.receivedEvents >= last.expectedEvents ? last : null;
  };
  return until(60_000, `the telemetry of ${runtime}`, whole).catch((error: Error) => {
    throw new Error(`${error.message} So far: ${JSON.stringify(last)}.`);
  });
}

async function moveInBrowser(runtime: string): Promise<void> {
  await page.goto(`${agentPath()}/settings`);
  await page.getByRole("link", { name: `Move to ${placeWords[runtime]}…` }).click();
  await page.getByText(`on ${placeWords[runtime]}`).first().waitFor();
  await inspect(`move-${runtime}`);
  await page.getByRole("button", { name: `Move to ${placeWords[runtime]}` }).click();
  await page.waitForURL(/\/deployments\/dep_/);
  const deploymentId = page.url().split("/").at(-1)?.split("?")[0] ?? "";
  const ended = await api.finished(deploymentId, 120_000);
  expect(ended, JSON.stringify(ended["failureReason"])).toMatchObject({ status: "active", runtime });
  versions[runtime] = deploymentId;
}

it("the bundle runs on this machine first", async () => {
  const made = await api.deploy("everywhere", zipOfExample("counter"));
  expect(made.deployment, String(made.deployment["failureReason"])).toMatchObject({ status: "active", runtime: embedded });
  agentId = made.agentId;
  versions["embedded"] = made.deploymentId;
  answers["embedded"] = await converse();
});

it("all three runtimes are up, each with its last check, for members and for operators", async () => {
  await page.goto(`${workspacePath()}/runtimes`);
  const up = () => page.locator("main").getByText("Up", { exact: true }).count();
  await until(90_000, "the first check of every runtime", async () => {
    if ((await up()) === 3) return true;
    await page.reload();
    return null;
  });
  await inspect("runtimes");
  const ours = workspacePath();
  await page.goto("/admin/runtimes");
  expect(await page.locator("main").innerText()).toContain("proof");
  expect(await up()).toBe(3);
  await inspect("admin-runtimes");
  await page.goto(ours);
});

it("moves to Cloudflare and answers the same", async () => {
  await moveInBrowser(String(cloudflare));
  answers["cloudflare"] = await converse();
  expect(answers["cloudflare"]).toEqual(answers["embedded"]);
});

/** As the operator does it, by hand. */
async function givePlan(tier: "free" | "pro"): Promise<void> {
  const ours = workspacePath();
  await page.goto(`/admin/workspaces/${ours.split("/").at(-1)}/plan`);
  await page.getByLabel("Plan", { exact: true }).selectOption(tier);
  await page.getByLabel("Why").first().fill("The proof of three runtimes.");
  await page.locator('button[value="assign"]').click();
  await page.getByText("Done, and written into both logs.").waitFor();
  await page.goto(ours);
}

it("does not move to AgentCore while the plan does not include it, and says so; with the plan it answers the same", async () => {
  await givePlan("free");
  await page.goto(`${agentPath()}/move?to=agentcore`);
  await page.getByText("does not include the runtime").waitFor();
  await inspect("move-refused");
  expect(await page.getByRole("button", { name: "Move to AgentCore" }).isDisabled()).toBe(true);
  await givePlan("pro");
  await moveInBrowser(String(agentCore));
  answers["agentcore"] = await converse();
  expect(answers["agentcore"]).toEqual(answers["embedded"]);
});

it("leaves a usage row of the same shape for each: as many events received as calls were made", async () => {
  expect(Object.keys(versions)).toEqual([embedded, cloudflare, agentCore]);
  const rows = await Promise.all(Object.keys(versions).map(usageOf));
  const [first] = rows;
  for (const row of rows) {
    expect(Object.keys(row).sort()).toEqual(Object.keys(first ?? {}).sort());
    expect([row.expectedEvents, row.receivedEvents]).toEqual([3, 3]);
  }
});

it("and goes back at once: the first version is live again where it always was", async () => {
  expectStatus(await api.call("POST", `/v1/deployments/${versions["embedded"]}/activate`), 200);
  expect(await converse()).toEqual(answers["embedded"]);
});

it("no page made an error, and none has a barrier", () => {
  expect(problems).toEqual([]);
  expect(barriers).toEqual([]);
});
