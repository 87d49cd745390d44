// A program of ours as a process of its own that dies by SIGKILL: at a point that it is told, or when its parent likes.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import process from "node:process";
import { build } from "esbuild";
import { programOptions } from "~/launch/build-programs";

/** `told`: the parent kills after the nth report of the child. */
export type MortalOrder = { point: string; nth: number };

/** Beside our packages, or it would not find them. Answers the program's file. */
export async function buildMortalProgram(entry: string, directory: string): Promise<string> {
  const program = path.resolve(".cache", `${path.basename(entry, ".ts")}-${path.basename(directory)}.mjs`);
  await build({ ...programOptions, sourcemap: false, entryPoints: [entry], outfile: program });
  return program;
}

/** Answers the signal that it died by; null when it came to its end. The child finds its order in CHILD_ORDER. */
export async function runMortalProgram(program: string, order: MortalOrder): Promise<NodeJS.Signals | null> {
  const env: NodeJS.ProcessEnv = { NODE_ENV: "test", CHILD_ORDER: JSON.stringify(order) };
  const child: ChildProcess = spawn(process.execPath, [program], { env, stdio: ["ignore", "inherit", "inherit", "ipc"] });
  child.on("message", (count) => {
    if (order.point === "told" && count === order.nth) child.kill("SIGKILL");
  });
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  if (code) throw new Error(`the child ended with exit code ${code}`);
  return signal;
}

/** mulberry32: the same draws for the same seed. */
export function drawFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
