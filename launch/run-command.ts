// Runs a program of this machine to its end and keeps what it said.
import { type ChildProcess, spawn } from "node:child_process";

import type { Environment } from "./environment";

export type CommandResult = { code: number | null; stdout: string; stderr: string };

export type CommandOptions = {
  timeoutMs: number;
  cwd?: string;
  env?: Environment;
  uid?: number;
  gid?: number;
};

const outputCharactersMax = 4_000_000;

/** They must not outlive us. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Never rejects: a program that cannot be started answers code null with the reason as its standard error. */
export function runCommand(command: string, args: string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve) => {
    const { timeoutMs, env = process.env, ...rest } = options;
    const child = spawn(command, args, {
      ...rest,
      env: env as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    running.add(child);
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] = (output[name] + text).slice(-outputCharactersMax);
      });
    }
    child.on("error", (error) => resolve({ code: null, stdout: output.stdout, stderr: error.message }));
    child.on("close", (code) => {
      running.delete(child);
      resolve({ code, ...output });
    });
  });
}
