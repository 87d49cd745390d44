// `npm start`: the whole product on this machine, from nothing to a sign-in link.

import { readSettings } from "./read-settings";
import { readWords } from "./read-words";
import { runFirstStart } from "./run-first-start";
import { runUntilStopped } from "./run-until-stopped";
import { showStep } from "./show-step";
import { showWelcome } from "./show-welcome";

/** With `--json` standard output is exactly one line of JSON. */
export async function start(words: string[]): Promise<number> {
  const { json } = readWords(words, ["json"]);
  const settings = readSettings(process.env);
  const code = await runUntilStopped({
    settings,
    mode: "production",
    whenUp: async (product) => {
      const welcome = await showStep("Deploying the sample agent", () => runFirstStart(product.surroundings));
      showWelcome(welcome, product, { json: json === true });
    },
  });
  // Whatever still waits inside (a build that was interrupted) must not keep the terminal.
  process.exit(code);
}
