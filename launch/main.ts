// The launcher's commands: start, dev, test, soak, check, build, seed, secrets, bench. Each answers an exit code; a problem is one sentence.
import { build } from "./build";
import { check } from "./check";
import { dev } from "./dev";
import { LaunchProblem, sentenceOf } from "./problem";
import { secrets } from "./rotate-secrets";
import { runBench } from "./run-bench";
import { seed } from "./seed";
import { soak } from "./soak";
import { start } from "./start";
import { test } from "./test";

const commands: Record<string, (words: string[]) => Promise<number>> = {
  start,
  dev,
  test,
  soak,
  check,
  build,
  seed,
  secrets,
  bench: runBench,
};

async function main([name = "", ...words]: string[]): Promise<void> {
  // A reader that went away (`| head`, a closed terminal) must not end the launcher before its servers.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  try {
    const command = commands[name];
    if (!command) throw new LaunchProblem(`There is no command "${name}". There are: ${Object.keys(commands).join(", ")}.`);
    process.exitCode = await command(words);
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`);
    process.exitCode = 1;
  }
}

process.setSourceMapsEnabled(true);
await main(process.argv.slice(2));
