// Keeps a subscription open for as long as its caller may have it, and ends it with the reason once they may not (MISSION A8).
import { TRPCError } from "@trpc/server";
import { AppError, errorTable } from "~/server/errors";
import type { AccessSubject } from "~/server/incidents/access-subject";
import { openAccessOf } from "~/server/incidents/open-access";
import type { Context } from "./context";

/** `signal` is the request's own: aborted when the caller leaves. */
export type Watch = { type: string; subject: AccessSubject; signal: AbortSignal | undefined };

/** Runs the rest of the procedure with a `closing` that is aborted on a cut as well. What is not a subscription passes unchanged. */
export async function whileAllowed<Result extends { ok: boolean }>(
  ctx: Pick<Context, "services" | "closing">,
  { type, subject, signal }: Watch,
  run: (closing: AbortSignal) => Promise<Result>,
): Promise<Result> {
  if (type !== "subscription") return run(ctx.closing);
  const cutting = new AbortController();
  const release = openAccessOf(ctx.services).register(subject, (why) => cutting.abort(why));
  signal?.addEventListener("abort", release, { once: true });
  const result = await run(AbortSignal.any([ctx.closing, cutting.signal]));
  if (result.ok && "data" in result && isAsyncIterable(result.data)) {
    return { ...result, data: untilCut(result.data, cutting.signal, release) };
  }
  release();
  return result;
}

/** The source ends by itself on `closing`; what it still says after the cut is not passed on. */
async function* untilCut(source: AsyncIterable<unknown>, cutting: AbortSignal, release: () => void) {
  const iterator = source[Symbol.asyncIterator]();
  const cut = new Promise<never>((_resolve, reject) => {
    cutting.addEventListener("abort", () => reject(cutting.reason), { once: true });
  });
  cut.catch(() => undefined); // told by the race below, or nobody listens any more
  try {
    for (;;) {
      const step = await Promise.race([iterator.next(), cut]);
      cutting.throwIfAborted();
      if (step.done) return;
      yield step.value;
    }
  } catch (thrown) {
    throw thrown instanceof AppError
      ? new TRPCError({ code: errorTable[thrown.code].trpc, message: thrown.message, cause: thrown })
      : thrown;
  } finally {
    release();
    // Not waited for: it may be in the middle of a read.
    void iterator.return?.().catch(() => undefined);
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
