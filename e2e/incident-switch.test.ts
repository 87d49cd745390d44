// The operator's one click, against the real product: a running stream ends for its reason, calls are refused, and one more click gives all back.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectOnceAtMost } from "~/server/testing/expect-once-at-most";
import { ApiClient, agentZip, until } from "./api-client";
import { openBrowser, photograph } from "./browser";
import { eventsOf, type StreamEvent } from "./event-stream";
import { freshDataDir, type Product, removeDataDir, startProduct } from "./product";

const endless = `export default async function* (request, { signal }) {
  if (request.metadata.probe) return yield "ready";
  while (!signal.aborted) { yield "."; await new Promise((resolve) => setTimeout(resolve, 50)); }
}`;

let product: Product;
let api: ApiClient;

beforeAll(async () => {
  product = await startProduct({ dataDir: freshDataDir() });
  api = new ApiClient(product.url, product.apiKey);
});

afterAll(async () => {
  await product?.stop();
  if (product) removeDataDir(product.dataDir);
});

async function enable(page: Page, workspaceId: string): Promise<void> {
  await page.goto(`${product.url}/admin/acts/enable_workspace/${workspaceId}`);
  await page.getByLabel("Why").fill("It was a mistake.");
  await page.getByRole("button", { name: "Enable this workspace" }).click();
  await page.getByText("The workspace is enabled.").waitFor();
  await until(10_000, "calls to be answered", async () =>
    (await api.invoke(product.agentId, "hello")).status === 200 ? true : null,
  );
}

it("disabling a workspace cuts its stream within two seconds, and enabling it answers again", async () => {
  const { agentId, deployment } = await api.deploy("endless", agentZip("endless", endless));
  expect(deployment).toMatchObject({ status: "active" });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(product.signInUrl);
    await page.waitForURL(/\/w\/wks_/);
    const workspaceId = /wks_\w+/.exec(page.url())?.[0] ?? "";

    let isDisabled = false;
    await expectOnceAtMost(2_000, async () => {
      if (isDisabled) await enable(page, workspaceId);
      const stream = lastEventOf(await api.stream(agentId, "go"));
      await page.goto(`${product.url}/admin/acts/disable_workspace/${workspaceId}`);
      await page.getByText("1 open stream or call will be cut").waitFor();
      await page.getByLabel("Why").fill("Reported for abuse.");
      await page.getByLabel(/^Type .* to confirm$/).fill("First workspace");
      const clicked = performance.now();
      await page.getByRole("button", { name: "Disable this workspace" }).click();
      expect(await stream).toMatchObject({ event: "error", data: { error: { details: { reason: "workspace_disabled" } } } });
      const tookMs = performance.now() - clicked;
      await page.getByText("The workspace is disabled.").waitFor();
      isDisabled = true;
      return tookMs;
    });
    await until(10_000, "calls to be refused", async () =>
      (await api.invoke(product.agentId, "hello")).status === 403 ? true : null,
    );

    await page.goto(`${product.url}/w/${workspaceId}/agents`);
    await page.getByRole("heading", { name: "This workspace is disabled" }).waitFor();
    await photograph(page, "workspace-disabled");
    await page.getByRole("link", { name: "Your account" }).click();
    await page.waitForURL(/\/account$/);

    await enable(page, workspaceId);

    await page.goto(`${product.url}/w/${workspaceId}/audit?action=workspace.`);
    await page.getByText("workspace.enable").first().waitFor();
    expect(await page.getByText("Platform operator").count()).toBeGreaterThan(0);
  } finally {
    await browser.close();
  }
});

async function lastEventOf(answer: Response): Promise<StreamEvent | undefined> {
  let last: StreamEvent | undefined;
  for await (const event of eventsOf(answer)) last = event;
  return last;
}
