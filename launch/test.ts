// `npm test`: static checks, unit and integration tests, browser tests; the last line says how many passed and failed.
import { readdirSync } from "node:fs";
import { ensureBuilt } from "./build";
import { cleanEnvironment } from "./clean-environment";
import { ensureChromium } from "./ensure-chromium";
import { readWords } from "./read-words";
import { type Counts, runChecks, runVitest } from "./run-suite";
import { say } from "./show-step";

export async function test(words: string[]): Promise<number> {
  readWords(words, []);
  const hasBrowserTests = readdirSync("e2e").some((name) => name.endsWith(".test.ts"));
  const env = cleanEnvironment();
  if (hasBrowserTests) await ensureChromium();
  await ensureBuilt();
  const suites: [string, () => Promise<Counts>][] = [
    ["Checks", () => runChecks(env)],
    ["Unit and integration tests", () => runVitest({ config: "vitest.config.ts", report: "tests", env })],
  ];
  if (hasBrowserTests)
    suites.push(["Browser tests", () => runVitest({ config: "e2e/vitest.config.ts", report: "browser-tests", env })]);
  const sum: Counts = { passed: 0, failed: 0 };
  for (const [title, run] of suites) {
    say(`\n${title}`);
    const counts = await run();
    sum.passed += counts.passed;
    sum.failed += counts.failed;
  }
  process.stdout.write(`${sum.passed} passed, ${sum.failed} failed\n`);
  return sum.failed > 0 ? 1 : 0;
}
