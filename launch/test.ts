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
  // Fetching and unpacking Chromium is mostly waiting: what needs no browser goes on meanwhile.
  const [checked] = await Promise.all([buildAndCheck(env), hasBrowserTests ? ensureChromium() : undefined]);
  const suites: [string, () => Promise<Counts>][] = [
    ["Unit and integration tests", () => runVitest({ config: "vitest.config.ts", report: "tests", env })],
  ];
  if (hasBrowserTests)
    suites.push(["Browser tests", () => runVitest({ config: "e2e/vitest.config.ts", report: "browser-tests", env })]);
  const sum: Counts = { ...checked };
  for (const [title, run] of suites) {
    say(`\n${title}`);
    const counts = await run();
    sum.passed += counts.passed;
    sum.failed += counts.failed;
  }
  process.stdout.write(`${sum.passed} passed, ${sum.failed} failed\n`);
  return sum.failed > 0 ? 1 : 0;
}

async function buildAndCheck(env: NodeJS.ProcessEnv): Promise<Counts> {
  await ensureBuilt();
  say("\nChecks");
  return runChecks(env);
}
