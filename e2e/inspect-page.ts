// What axe finds on a page, in both themes, and on request a picture of every look.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { photograph } from "./browser";

/** The rules that a theme can break by itself; all the others ask about the document, which is the same in both. */
const rulesOfColour = ["color-contrast", "link-in-text-block"];

/** One line for each barrier; the page is left light. */
export async function inspectPage(page: Page, name: string): Promise<string[]> {
  const barriers: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // The other mode opens a page of its own each time, to gather what frames of other origins say; there are none.
    const axe = new AxeBuilder({ page }).setLegacyMode(true);
    const found = await (colorScheme === "light" ? axe : axe.withRules(rulesOfColour)).analyze();
    for (const { id, nodes } of found.violations) barriers.push(`${name} ${colorScheme}: ${id} ${nodes[0]?.html}`);
  }
  await photograph(page, name);
  return barriers;
}
