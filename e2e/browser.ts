// A real Chromium, found where the machine has it, and the screenshots that it leaves behind when they are asked for.
import { mkdirSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { findProgram } from "~/launch/find-program";

export const screenshotFolder = "build/screenshots";

export function openBrowser(extraFlags: string[] = []): Promise<Browser> {
  const executablePath = findProgram("chromium", "chromium-browser", "google-chrome");
  if (!executablePath) throw new Error("No Chromium was found. Install it: apt-get install chromium");
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...extraFlags,
    ],
  });
}

export type Look = { name: string; width: number; height: number; scheme: "light" | "dark" };

export const looks: readonly Look[] = [
  { name: "desktop-light", width: 1280, height: 800, scheme: "light" },
  { name: "desktop-dark", width: 1280, height: 800, scheme: "dark" },
  { name: "phone-light", width: 360, height: 740, scheme: "light" },
];

/** With SCREENSHOTS=1 takes the page in every look; leaves it as it was, and light. */
export async function photograph(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ colorScheme: "light" });
  // Charts draw themselves anew in other colours: whoever asks for one in the middle of that finds none.
  await framesDrawn(page);
  if (process.env["SCREENSHOTS"] !== "1") return;
  mkdirSync(screenshotFolder, { recursive: true });
  for (const look of looks) {
    await page.setViewportSize({ width: look.width, height: look.height });
    await page.emulateMedia({ colorScheme: look.scheme });
    await framesDrawn(page);
    await page.screenshot({ path: `${screenshotFolder}/${name}-${look.name}.png`, fullPage: look.name.startsWith("desktop") });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: "light" });
}

function framesDrawn(page: Page): Promise<unknown> {
  return page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}
