// Builds the people's door with Remix's own command.
import path from "node:path";
import { compressAssets } from "./compress-assets";
import { LaunchProblem } from "./problem";
import { runCommand } from "./run-command";

/** Writes `build/remix`, each text file with its compressed forms beside it. Throws {@link LaunchProblem} with the builder's last words. */
export async function buildPages(): Promise<void> {
  const built = await runCommand(process.execPath, ["node_modules/@remix-run/dev/dist/cli.js", "vite:build"], {
    timeoutMs: 300_000,
    env: { ...process.env, NODE_ENV: "production" },
  });
  if (built.code === 0) return compressAssets(path.join("build", "remix", "client"));
  const words = `${built.stdout}\n${built.stderr}`.trim().split("\n").slice(-20).join("\n");
  throw new LaunchProblem(`The pages could not be built:\n${words}`);
}
