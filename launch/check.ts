// `npm run check`: bundles the static checks and runs them.
import { spawn } from "node:child_process";
import { buildPrograms, programFile } from "./build-programs";

/** Words such as a check's name or `--write` are passed on. */
export async function check(words: string[]): Promise<number> {
  await buildPrograms({ check: "checks/run.ts" });
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [programFile("check"), ...words], { stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
