// `npm run check`: runs every check, or those named on the command line, and says in one line each how it went.
import { checks } from "./catalog";
import type { Check, CheckOptions, Finding } from "./check";

const atOnce = 2;
const findingsShownMax = 60;

type Outcome = { check: Check; findings: Finding[]; durationMs: number };

async function main(words: string[]): Promise<void> {
  const options: CheckOptions = { root: process.cwd(), write: words.includes("--write") };
  const names = words.filter((word) => !word.startsWith("--"));
  const wrong = unknownWords(words, names);
  if (wrong) {
    process.stderr.write(`${wrong}\n`);
    process.exitCode = 2;
    return;
  }
  const waiting = checks.filter((check) => names.length === 0 || names.includes(check.name));
  const outcomes: Outcome[] = [];
  await Promise.all(Array.from({ length: atOnce }, () => takeTurns(waiting, options, outcomes)));
  const failed = outcomes.filter((outcome) => outcome.findings.length > 0).length;
  say(`${outcomes.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

function unknownWords(words: string[], names: string[]): string | null {
  const flag = words.find((word) => word.startsWith("--") && word !== "--write");
  if (flag) return `There is no option ${flag}; the only one is --write, which refreshes generated files.`;
  const name = names.find((candidate) => !checks.some((check) => check.name === candidate));
  return name ? `There is no check "${name}". There are: ${checks.map((check) => check.name).join(", ")}.` : null;
}

async function takeTurns(waiting: Check[], options: CheckOptions, outcomes: Outcome[]): Promise<void> {
  for (let check = waiting.shift(); check; check = waiting.shift()) {
    const startedAt = performance.now();
    const findings = await runGuarded(check, options);
    const outcome = { check, findings, durationMs: performance.now() - startedAt };
    outcomes.push(outcome);
    report(outcome);
  }
}

async function runGuarded(check: Check, options: CheckOptions): Promise<Finding[]> {
  try {
    return await check.run(options);
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [{ where: check.name, what, mend: "The check itself broke: mend it, or what it reads." }];
  }
}

function report({ check, findings, durationMs }: Outcome): void {
  const seconds = `${(durationMs / 1000).toFixed(1)} s`;
  say(`${findings.length === 0 ? "ok  " : "FAIL"} ${check.name.padEnd(16)} ${seconds.padStart(7)}`);
  for (const { where, what, mend } of findings.slice(0, findingsShownMax)) say(`     ${where}: ${what}\n       ${mend}`);
  if (findings.length > findingsShownMax) say(`     … and ${findings.length - findingsShownMax} more`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main(process.argv.slice(2));
