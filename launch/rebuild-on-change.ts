// Watches the sources, builds what changed, restarts the programs whose bundle became another.
import { createHash } from "node:crypto";
import { existsSync, type FSWatcher, readFileSync, watch } from "node:fs";
import { buildPages } from "./build-pages";
import { buildPrograms, programEntries, programFile } from "./build-programs";
import { sentenceOf } from "./problem";
import { say, showStep } from "./show-step";
import type { Supervisor } from "./supervisor";

const programSources = ["server", "db", "jobs", "runtime"];
const pageSources = ["app", "public"];

/** An editor writes several files and several times in a row: one build for all. */
const settleMs = 120;
/** Programs of `npm run dev` end what is under way after a second; more than the rest of their stops takes. */
const graceMs = 15_000;

export function rebuildOnChange(programs: Supervisor[]): { close(): void } {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  const settle = () => {
    const folders = [...changed];
    changed.clear();
    working = working.then(() => rebuild(folders, programs)).catch((error) => say(sentenceOf(error)));
  };
  const watchers = [...programSources, ...pageSources].filter(existsSync).map((folder) =>
    watchFolder(folder, () => {
      changed.add(folder);
      clearTimeout(timer);
      timer = setTimeout(settle, settleMs);
    }),
  );
  return {
    close: () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

function watchFolder(folder: string, onChange: () => void): FSWatcher {
  return watch(folder, { recursive: true }, (_event, file) => {
    const isSource = file !== null && !/(^|\/)\.|~$|\.test\.tsx?$/.test(file);
    if (isSource) onChange();
  });
}

async function rebuild(folders: string[], programs: Supervisor[]): Promise<void> {
  // Pages take words from the contracts in server/, so a change there builds both.
  if (folders.some((folder) => pageSources.includes(folder) || folder === "server")) await showStep("Building pages", buildPages);
  if (!folders.some((folder) => programSources.includes(folder))) return;
  const before = programs.map((program) => digestOf(program.program));
  await buildPrograms(programEntries);
  const stale = programs.filter((program, index) => digestOf(program.program) !== before[index]);
  for (const program of stale) {
    await program.restart(graceMs);
    say(`✓ ${program.program} restarted`);
  }
}

function digestOf(program: string): string {
  const file = programFile(program);
  return existsSync(file) ? createHash("sha256").update(readFileSync(file)).digest("hex") : "";
}
