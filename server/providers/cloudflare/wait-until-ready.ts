// Waits until a script answers at its address as the upload that is meant: an address under workers.dev takes a while to know of either.
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { type ScriptState, scriptPaths } from "~/runtime/contract/placed-script";
import { AppError } from "~/server/errors";
import type { PlacedDeployment } from "~/server/providers/provider";
import { withDeadline } from "~/server/with-deadline";
import type { Room } from "./cloudflare-room";
import { findRoute } from "./find-route";

const State = z.object({
  deploymentId: z.string().max(64),
  moduleSha256: z.string().max(64),
  revision: z.string().max(64),
  secretVersions: z.record(z.string().max(256), z.number().int()),
}) satisfies z.ZodType<ScriptState>;

/** Rejects with `NOT_FOUND` or `RUNTIME_ERROR`. */
export async function readState(room: Room, target: PlacedDeployment, signal: AbortSignal): Promise<ScriptState> {
  const route = await findRoute(room, target, signal);
  const state = State.safeParse(await room.client.read(route, { method: "GET", path: scriptPaths.state, signal }));
  if (state.success && state.data.deploymentId === target.deploymentId) return state.data;
  throw new AppError("RUNTIME_ERROR", "Something else answers at the agent's address. Deploy it again.", {
    details: { reason: "script_altered" },
  });
}

/** Without a revision any upload will do. Rejects with `DEPLOYMENT_FAILED`. */
export async function waitUntilReady(
  room: Room,
  target: PlacedDeployment,
  awaited: { revision?: string; signal: AbortSignal },
): Promise<void> {
  const { readyMs, readyPauseMs, answerMs } = room.patience;
  const endsAt = performance.now() + readyMs;
  const { signal, revision } = awaited;
  for (;;) {
    try {
      // One answer that stops halfway leaves time for the next.
      const state = await readState(room, target, withDeadline(answerMs, signal));
      if (revision === undefined || state.revision === revision) return;
    } catch (thrown) {
      signal.throwIfAborted();
      if (!isNotYet(thrown)) throw toFailure(thrown);
    }
    if (performance.now() >= endsAt) throw tooLate(readyMs);
    await pause(readyPauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Not known yet, known with the bindings of before, or between two places of a network. */
function isNotYet(thrown: unknown): boolean {
  if (!(thrown instanceof AppError)) return (thrown as Error).name === "TimeoutError";
  return thrown.code === "NOT_FOUND" || thrown.retryable || thrown.details.reason === "script_key";
}

function toFailure(thrown: unknown): unknown {
  if (!(thrown instanceof AppError)) return thrown;
  return new AppError("DEPLOYMENT_FAILED", thrown.message, {
    details: thrown.details,
    retryable: thrown.retryable,
    cause: thrown,
  });
}

function tooLate(readyMs: number): AppError {
  return new AppError(
    "DEPLOYMENT_FAILED",
    `Cloudflare took the agent, but it does not answer within ${Math.round(readyMs / 1_000)} s. Deploy it again.`,
    { retryable: true, details: { reason: "provider_unavailable" } },
  );
}
