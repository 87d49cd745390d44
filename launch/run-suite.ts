// Runs one suite of tests to its end, lets its words through, and counts.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { buildPrograms, programFile } from "./build-programs";

export type Counts = { passed: number; failed: number };

type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
};

/** The checks end with a line of the form that is ours to print last: it is read and left out. */
export async function runChecks(env: NodeJS.ProcessEnv): Promise<Counts> {
  await buildPrograms({ check: "checks/run.ts" });
  let counts: Counts = { passed: 0, failed: 0 };
  const code = await run([programFile("check")], env, (line) => {
    const [, passed, failed] = /^(\d+) passed, (\d+) failed$/.exec(line) ?? [];
    if (passed === undefined) return true;
    counts = { passed: Number(passed), failed: Number(failed) };
    return false;
  });
  return honest(counts, code);
}

/** `files` absent: all that the configuration includes. */
type Suite = { config: string; report: string; env: NodeJS.ProcessEnv; files?: string[] };

/** Vitest with our configuration; its own words go through, its JSON report is counted. */
export async function runVitest(suite: Suite): Promise<Counts> {
  const report = path.join("build", "reports", `${suite.report}.json`);
  mkdirSync(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const args = ["--config", suite.config, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = await run(["node_modules/vitest/vitest.mjs", "run", ...args, ...(suite.files ?? [])], suite.env, () => true);
  return honest(readReport(report), code);
}

function readReport(file: string): Counts {
  try {
    const report = JSON.parse(readFileSync(file, "utf8")) as VitestReport;
    // A file that breaks before its first test has no failed tests, only itself.
    const broken = report.testResults.filter((result) => result.status === "failed" && result.assertionResults.length === 0);
    return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
  } catch {
    // It ended before it could write: its exit code says so.
    return { passed: 0, failed: 0 };
  }
}

/** A suite that ended badly never counts as clean. */
function honest(counts: Counts, code: number): Counts {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function run(args: string[], env: NodeJS.ProcessEnv, letsThrough: (line: string) => boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (letsThrough(line)) process.stdout.write(`${line}\n`);
    });
    const passOn = () => child.kill("SIGTERM");
    process.once("SIGTERM", passOn);
    child.once("error", reject);
    child.once("close", (code) => {
      process.off("SIGTERM", passOn);
      resolve(code ?? 1);
    });
  });
}
