// `node launch/bootstrap.mjs bench <name>`: bundles one measurement of bench/ and runs it.
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { buildPrograms, programFile } from "./build-programs";
import { LaunchProblem } from "./problem";

export async function runBench([name = "", ...words]: string[]): Promise<number> {
  const names = readdirSync("bench")
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length));
  if (!names.includes(name)) throw new LaunchProblem(`There is no measurement "${name}". There are: ${names.join(", ")}.`);
  await buildPrograms({ [`bench-${name}`]: `bench/${name}.ts` });
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--enable-source-maps", programFile(`bench-${name}`), ...words], { stdio: "inherit" });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
