// Opens the palette by its keys, as somebody does who asks again when the page was still arriving.
import type { Locator, Page } from "playwright-core";
import { until } from "./api-client";

export function openPalette(page: Page, address: string): Promise<Locator> {
  return until(60_000, "the palette", async () => {
    await page.goto(address);
    await page.keyboard.press("Control+k");
    const dialog = page.getByRole("dialog");
    return dialog.waitFor({ timeout: 2_000 }).then(
      () => dialog,
      () => null,
    );
  });
}
