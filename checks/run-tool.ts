// Runs one of the project's command-line tools to its end and hands back what it said.
import { spawn } from "node:child_process";
import { join } from "node:path";

const timeoutMs = 600_000;
const outputBytesMax = 20_000_000;

export type ToolRun = { code: number; stdout: string; stderr: string };

/** `tool` is a script below `node_modules`, run by this Node. A tool that hangs is killed and counts as failed. */
export function runTool(root: string, tool: string, args: string[], env: NodeJS.ProcessEnv = process.env): Promise<ToolRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "node_modules", tool), ...args], { cwd: root, env, timeout: timeoutMs });
    const collected = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (chunk: string) => {
        if (collected[stream].length < outputBytesMax) collected[stream] += chunk;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, ...collected }));
  });
}
