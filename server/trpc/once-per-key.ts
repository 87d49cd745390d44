// Lets a mutation that came with an idempotency key happen once: repeated, it is answered what it was answered first (MISSION C6).
import { setTimeout as pause } from "node:timers/promises";
import { TRPCError } from "@trpc/server";
import type { Witness } from "~/db/transaction";
import type { Principal } from "~/server/auth/principal";
import { type AppError, toAppError } from "~/server/errors";
import { type OnceOptions, runOnce } from "~/server/idempotency/run-once";
import type { Context } from "./context";
import { appErrorOf } from "./init";
import { answeredAnew, makingActs, withoutShownOnce } from "./kept-answers";

export type OnceCall = {
  type: string;
  path: string;
  getRawInput: () => Promise<unknown>;
  principal: Principal;
  /** Null: an act upon one's own account, which no workspace's transaction witnesses. */
  workspaceId: string | null;
};

/** A form that was sent twice waits for its first sending, since nobody is there who would ask again. */
const formWaitsMs = 10_000;
const lookEveryMs = 100;

/** `next` gets the witness of its transactions, when there is one. What is no keyed mutation passes unchanged. */
export async function oncePerKey<Result extends { ok: boolean }>(
  ctx: Pick<Context, "services" | "idempotency" | "setHeader">,
  call: OnceCall,
  next: (witness: Witness | undefined) => Promise<Result>,
): Promise<Result> {
  const { key, isOfForm } = ctx.idempotency?.() ?? { key: null, isOfForm: false };
  const isMeant = call.type === "mutation" && !answeredAnew.has(call.path) && (!isOfForm || makingActs.has(call.path));
  if (key === null || !isMeant) return next(undefined);
  const { principal, workspaceId, path: procedure } = call;
  const use = { principal, workspaceId, procedure, key, isOfForm, input: await call.getRawInput() };
  let fresh: Result | undefined;
  const options: OnceOptions = {
    isWitnessed: workspaceId !== null,
    keep: (answer) => withoutShownOnce(procedure, answer),
    onReplayed: () => ctx.setHeader?.("idempotency-replayed", "true"),
    toError,
  };
  const answer = await untilDone(isOfForm, () =>
    runOnce(ctx.services, use, options, async (witness) => {
      fresh = await next(witness);
      return dataOf(fresh);
    }),
  );
  return fresh ?? replayed<Result>(answer);
}

function toError(thrown: unknown): AppError {
  return thrown instanceof TRPCError ? appErrorOf(thrown) : toAppError(thrown);
}

function dataOf(result: { ok: boolean }): unknown {
  if (!result.ok) throw (result as unknown as { error: unknown }).error;
  return "data" in result ? result.data : undefined;
}

/** tRPC knows a middleware's result by this mark. */
function replayed<Result>(data: unknown): Result {
  return { ok: true, data, marker: "middlewareMarker" } as Result;
}

async function untilDone<T>(mayWait: boolean, run: () => Promise<T>): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
    try {
      return await run();
    } catch (thrown) {
      const isRunning = toError(thrown).details.reason === "idempotency_key_in_use";
      if (!mayWait || !isRunning || waitedMs >= formWaitsMs) throw thrown;
      await pause(lookEveryMs);
    }
  }
}
