// The outbox as the operator reads it: the worker posts letters a moment after they were asked for.
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** The newest letter's link that leads to `path`; the page shows the outbox then. */
export async function linkInOutbox(operator: Page, path: string): Promise<string> {
  const link = operator.locator(`a[href*="${path}?token="]`).first();
  await expect
    .poll(
      async () => {
        await operator.goto("/outbox");
        return link.count();
      },
      { timeout: 30_000, interval: 500 },
    )
    .toBeGreaterThan(0);
  return (await link.getAttribute("href")) ?? "";
}
