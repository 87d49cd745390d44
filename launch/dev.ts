// `npm run dev`: the product as `npm start` runs it, rebuilt and restarted where a saved file makes it necessary.
//
// Programs (server, db, jobs, runtime) are bundled again within a fraction of a second, and only those whose bundle changed
// are restarted. Pages (app) are built again in a few seconds; the web process picks the new build up by itself, so reload the
// browser. The data is the same as that of `npm start`. A mistake in the code is shown, and the last good build goes on.

import { readSettings } from "./read-settings";
import { readWords } from "./read-words";
import { rebuildOnChange } from "./rebuild-on-change";
import { runFirstStart } from "./run-first-start";
import { runUntilStopped } from "./run-until-stopped";
import { say, showStep } from "./show-step";
import { showWelcome } from "./show-welcome";

export async function dev(words: string[]): Promise<number> {
  readWords(words, []);
  const code = await runUntilStopped({
    settings: readSettings(process.env),
    mode: "development",
    whenUp: async (product, undo) => {
      const welcome = await showStep("Deploying the sample agent", () => runFirstStart(product.surroundings));
      showWelcome(welcome, product, { json: false });
      const watching = rebuildOnChange(product.programs);
      undo.push(async () => watching.close());
      say("  Watching app, server, db, jobs and runtime for changes.");
    },
  });
  process.exit(code);
}
