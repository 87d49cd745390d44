// The program of the thread in which one archive is checked; it has no environment and keeps nothing of an archive.
import { readFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { AppError, type ErrorCode, type ErrorDetails } from "~/server/errors";
import { type BundleSurroundings, type CheckedBundle, checkBundle } from "./check-bundle";
import type { BundleLimits } from "./read-archive";

export type CheckTask = { path: string; limits: BundleLimits; surroundings: BundleSurroundings };

/** An error of ours loses its class on the way between threads, so it goes as what it says. */
export type CheckVerdict = { checked: CheckedBundle } | { refused: { code: ErrorCode; message: string; details: ErrorDetails } };

parentPort?.on("message", (task: CheckTask) => {
  // Anything but a refusal ends the thread, which the other side hears.
  void judge(task).then((verdict) => parentPort?.postMessage(verdict));
});

async function judge({ path, limits, surroundings }: CheckTask): Promise<CheckVerdict> {
  try {
    return { checked: await checkBundle(readFileSync(path), limits, surroundings) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { refused: { code: error.code, message: error.message, details: error.details } };
  }
}
