// Calls that carry an Idempotency-Key: made once, and whoever repeats one gets the first one's answer, event by event (MISSION E1, G3).
import { type Hold, holdKey } from "~/server/idempotency/hold-key";
import { callProcedure } from "~/server/idempotency/idempotency.queries";
import { assertIdempotencyKey } from "~/server/idempotency/idempotency-key";
import { unpackAnswer } from "~/server/idempotency/kept-answer";
import type { Services } from "~/server/services";
import type { Callee } from "./admit-call";

/** With the sweep's minute on top it is less than the quarter of an hour that content may be kept. */
const keptForMs = 13 * 60_000;
/** The answer with what its packing adds, sealed. */
export const keptBytesMax = 1024 * 1024;
const graceMs = 30_000;

export type OnceNeeds = Pick<Services, "across" | "clock" | "config" | "log" | "vault">;
export type OnceUse = {
  key: string;
  /** `delegated`: apart from the keys that the person themself uses. */
  door: "json" | "stream" | "delegated";
  body: unknown;
  /** Called when the first one's answer, whatever it was, is what this one gets. */
  onReplayed?: () => void;
};

/** A kept answer, or the hold under which the call is to be made. Rejects as `holdKey` does, and as the first call was refused. */
export async function holdCall(
  needs: OnceNeeds,
  { scope, target }: Callee,
  use: OnceUse,
): Promise<{ kept: unknown } | { hold: Hold }> {
  assertIdempotencyKey(use.key);
  const of = use.door === "delegated" ? "delegated:" : "";
  const held = await holdKey(
    needs,
    {
      principal: scope.principal,
      workspaceId: scope.workspaceId,
      procedure: `${callProcedure}${of}${target.agentId}`,
      key: use.key,
      // The same words asked for as a stream are another request.
      input: { door: use.door, body: use.body },
    },
    {
      isWitnessed: false,
      isCall: true,
      keptForMs,
      keptBytesMax,
      // It may wait for its session as long as it may run.
      leaseMs: 2 * target.plan.timeoutMsMax + graceMs,
      keep: (answer) => answer,
    },
  );
  if (!("text" in held)) return { hold: held };
  use.onReplayed?.();
  return { kept: unpackAnswer(held.text) };
}

/** What went out of a stream, as long as it is small enough to be kept. */
export class KeptStream {
  #chunks: Buffer[] = [];
  #bytes = 0;

  readonly note = (bytes: Buffer): void => {
    this.#bytes += bytes.length;
    if (this.#bytes > keptBytesMax) this.#chunks = [];
    else this.#chunks.push(Buffer.from(bytes));
  };

  /** Larger than what is kept: the repetition is told so. */
  get answer(): { stream: string } {
    const text = this.#bytes > keptBytesMax ? " ".repeat(keptBytesMax + 1) : Buffer.concat(this.#chunks).toString("utf8");
    return { stream: text };
  }
}
