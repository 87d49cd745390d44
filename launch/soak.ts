// `npm run soak`, or `npm run soak -- <name> …`: the campaigns of soak/ at full length; the last line says how many passed and failed.
import { readdirSync } from "node:fs";
import { ensureBuilt } from "./build";
import { cleanEnvironment } from "./clean-environment";
import { LaunchProblem } from "./problem";
import { runVitest } from "./run-suite";

const ending = ".test.ts";

export async function soak(words: string[]): Promise<number> {
  const campaigns = readdirSync("soak")
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length));
  const unknown = words.find((word) => !campaigns.includes(word));
  if (unknown !== undefined) throw new LaunchProblem(`There is no campaign "${unknown}". There are: ${campaigns.join(", ")}.`);
  await ensureBuilt();
  const files = words.map((word) => `soak/${word}${ending}`);
  const counts = await runVitest({ config: "soak/vitest.config.ts", report: "soak", env: cleanEnvironment(), files });
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
  return counts.failed > 0 ? 1 : 0;
}
