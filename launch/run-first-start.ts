// Runs the program that fills an empty installation and answers how to get in.
import { programFile } from "./build-programs";
import { LaunchProblem } from "./problem";
import { programEnvironment, type Surroundings } from "./program-environment";
import { runCommand } from "./run-command";

export type Welcome = { url: string; signInUrl: string; agentId: string; apiKey: string };

const timeoutMs = 180_000;

/** Throws {@link LaunchProblem} with the program's last words. */
export async function runFirstStart(surroundings: Surroundings): Promise<Welcome> {
  const env = programEnvironment("first-start", surroundings, process.env);
  const ran = await runCommand(process.execPath, [programFile("first-start")], { env, timeoutMs });
  const line = ran.stdout.trim().split("\n").at(-1) ?? "";
  if (ran.code === 0 && line.startsWith("{")) return JSON.parse(line) as Welcome;
  const words = `${ran.stderr}\n${ran.stdout}`.trim().split("\n").slice(-12).join("\n");
  throw new LaunchProblem(`The sample agent could not be set up:\n${words}`);
}
