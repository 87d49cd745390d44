// Checks a received archive in a thread of its own, so that no archive keeps this process from its other callers.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { locateSource } from "~/runtime/locate-source";
import { AppError } from "~/server/errors";
import type { CheckedBundle } from "./check-bundle";
import { enterCheckGate } from "./check-gate";
import type { CheckTask, CheckVerdict } from "./check-thread";

/** Far more than the largest bundle takes on a busy machine. */
const timeoutMs = 60_000;
/** The archive itself lies outside of this. A small young generation gives back unpacked bytes soon. */
const resourceLimits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 6 };
const idleMax = 1;

/** A thread takes a hundred times longer to start than a hostile archive to be refused. */
const idle: Worker[] = [];

let program: Promise<string> | null = null;

/** Rejects as `checkBundle` does; with `RATE_LIMITED` when too many archives wait already. */
export async function checkInThread(workspaceId: string, task: CheckTask): Promise<CheckedBundle> {
  const leave = await enterCheckGate(workspaceId);
  try {
    const verdict = await judge(task);
    if ("checked" in verdict) return verdict.checked;
    const { code, message, details } = verdict.refused;
    throw new AppError(code, message, { details });
  } finally {
    leave();
  }
}

async function judge(task: CheckTask): Promise<CheckVerdict> {
  const thread = idle.pop() ?? (await openThread());
  let isGood = false;
  thread.ref();
  try {
    const answer = once(thread, "message", { signal: AbortSignal.timeout(timeoutMs) });
    thread.postMessage(task);
    const [verdict] = await answer;
    isGood = true;
    return verdict as CheckVerdict;
  } catch (cause) {
    throw new AppError("INTERNAL", "The bundle could not be checked in time. Try again in a moment.", {
      details: { overloaded: true },
      cause,
    });
  } finally {
    thread.unref();
    if (isGood && idle.length < idleMax) idle.push(thread);
    else await thread.terminate();
  }
}

/** What breaks it while it rests is nobody's error; then it is not given out again. */
async function openThread(): Promise<Worker> {
  const thread = new Worker(await checkProgram(), { eval: true, env: {}, execArgv: [], resourceLimits });
  thread.on("error", () => {});
  thread.once("exit", () => {
    if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1);
  });
  return thread;
}

/** Bundled once per process, with its packages: a thread from text has no folder to find them in. */
function checkProgram(): Promise<string> {
  program ??= bundleProgram().catch((error) => {
    program = null;
    throw error;
  });
  return program;
}

async function bundleProgram(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [locateSource("server/bundles/check-thread.ts")],
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    minifySyntax: true,
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}
