// Does the browser get only what is meant for it (no server code, no secret's name), and no more than 150 kB of script per page?
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { runtimeFacts, shownRuntimes } from "~/server/runtimes/runtime-facts.contract";
import remixConfig from "../remix.config.js";
import type { CheckOptions, Finding } from "./check";
import { findLeaks, namesOfTheServer } from "./client/find-leaks";
import { measureFirstLoads } from "./client/measure-first-loads";
import { readClientBuild } from "./client/read-client-build";
import { listProjectFiles } from "./list-project-files";
import { runTool } from "./run-tool";

const firstLoadBytesMax = 150_000;

/** Pages that say which variable to set: there a name is help, not server code that slipped through. */
const told: readonly { on: RegExp; names: readonly string[] }[] = [
  { on: /\/admin\./, names: ["KEY_ENCRYPTION_KEY", "KEY_ENCRYPTION_FORMER_KEYS"] },
  {
    // The two pages share their instructions, which then are a script of their own.
    on: /\/((admin|w\._workspaceId)\.runtimes|set-up-steps)-/,
    names: ["ENVIRONMENT_NAME", ...shownRuntimes.flatMap((it) => runtimeFacts[it].variables)],
  },
];

export async function checkClient({ root }: CheckOptions): Promise<Finding[]> {
  const folder = join(root, remixConfig.buildDirectory ?? "build", "client");
  const problem = (await isFresh(root, folder)) ? null : await buildClient(root);
  if (problem) return [{ where: "app/", what: problem, mend: "Make `npm run build` run." }];
  const { scripts, manifest } = await readClientBuild(folder);
  const names = await namesOfTheServer();
  const leaks = [...scripts].flatMap(([path, text]) =>
    findLeaks(text, namesHiddenOn(path, names)).map((leak) => ({
      where: path,
      what: `holds ${leak}`,
      mend: "Import types only from server/, and values only from *.contract files.",
    })),
  );
  const heavy = measureFirstLoads(manifest, scripts).filter((page) => page.bytes > firstLoadBytesMax);
  return [...leaks, ...heavy.map(tooHeavy)];
}

function namesHiddenOn(path: string, names: readonly string[]): string[] {
  const allowed = told.filter(({ on }) => on.test(path)).flatMap((page) => page.names);
  return names.filter((name) => !allowed.includes(name));
}

function tooHeavy({ route, bytes }: { route: string; bytes: number }): Finding {
  const what = `${Math.round(bytes / 1000)} kB of compressed script on first load, at most ${firstLoadBytesMax / 1000}`;
  return { where: route, what, mend: "Load the heavy part when it is needed: import() it." };
}

/** Built after every file it was built from. */
async function isFresh(root: string, folder: string): Promise<boolean> {
  const builtAt = await changedAt(folder);
  if (builtAt === 0) return false;
  const sources = (await listProjectFiles(root)).filter((path) =>
    /^(app|public)\/|\.contract\.ts$|^(vite|remix)\.config/.test(path),
  );
  const changes = await Promise.all(sources.map((path) => changedAt(join(root, path))));
  return changes.every((at) => at <= builtAt);
}

async function changedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}

async function buildClient(root: string): Promise<string | null> {
  const { code, stdout, stderr } = await runTool(root, "@remix-run/dev/dist/cli.js", ["vite:build", "--logLevel", "error"], {
    ...process.env,
    NODE_ENV: "production",
  });
  return code === 0 ? null : (stderr || stdout).slice(-2_000);
}
