// Does everything compile, the type tests under checks/type-tests included?
import type { CheckOptions, Finding } from "./check";
import { runTool } from "./run-tool";

const line = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/;

export async function checkTypes({ root }: CheckOptions): Promise<Finding[]> {
  const remembered = ["--incremental", "--tsBuildInfoFile", "build/checks/types.tsbuildinfo"];
  const args = ["--noEmit", "--pretty", "false", "-p", ".", ...remembered];
  const { code, stdout, stderr } = await runTool(root, "typescript/bin/tsc", args);
  const findings = stdout.split("\n").flatMap((text) => {
    const match = line.exec(text);
    if (!match) return [];
    return [
      {
        where: `${match[1]}:${match[2]}`,
        what: `${match[3]} ${match[4]}`,
        mend: "Make the types agree; a cast hides the fault.",
      },
    ];
  });
  if (code !== 0 && findings.length === 0) return [{ where: "tsc", what: stdout || stderr, mend: "Make tsc --noEmit run." }];
  return findings;
}
