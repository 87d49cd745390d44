// `node launch/bootstrap.mjs bench <name>`: bundles one measurement of bench/ and runs it; with `--write` its verdicts go into docs/benchmarks.md.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { buildPrograms, programFile } from "./build-programs";
import { LaunchProblem } from "./problem";
import { recordBench } from "./record-bench";

const documentFile = "docs/benchmarks.md";

export async function runBench(given: string[]): Promise<number> {
  const [name = "", ...words] = given.filter((word) => word !== "--write");
  const names = readdirSync("bench")
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length));
  if (!names.includes(name)) throw new LaunchProblem(`There is no measurement "${name}". There are: ${names.join(", ")}.`);
  await buildPrograms({ [`bench-${name}`]: `bench/${name}.ts` });
  const { code, output } = await runToEnd(name, words);
  if (given.includes("--write")) keep(name, output);
  return code;
}

function runToEnd(name: string, words: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--enable-source-maps", programFile(`bench-${name}`), ...words], {
      stdio: ["inherit", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      process.stdout.write(text);
    });
    child.once("error", reject);
    // Its end counts, not that of a program which it has left behind.
    child.once("exit", (code) => setImmediate(() => resolve({ code: code ?? 1, output })));
  });
}

/** A measurement that broke off says no verdict at all, and keeps the ones before. */
function keep(name: string, output: string): void {
  if (!/^(ok|MISS) /m.test(output)) return;
  const about =
    readFileSync(`bench/${name}.ts`, "utf8")
      .split("\n", 1)[0]
      ?.replace(/^\/\/ /, "") ?? "";
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(documentFile, recordBench(readFileSync(documentFile, "utf8"), { name, about, output, day }));
}
