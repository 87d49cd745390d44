// Carries an act out once per idempotency key: whoever repeats the request gets the first one's answer (MISSION C6).
import type { Witness } from "~/db/transaction";
import { toAppError } from "~/server/errors";
import { Hold, type HoldNeeds, type HoldOptions, holdKey } from "./hold-key";
import { assertIdempotencyKey, type KeyUse } from "./idempotency-key";
import { unpackAnswer } from "./kept-answer";

export type OnceOptions = HoldOptions & {
  /** Told when the answer is a kept one: the caller's header says so. */
  onReplayed?: () => void;
  /** What was thrown, as the error that callers are answered. */
  toError?: (thrown: unknown) => ReturnType<typeof toAppError>;
};

/** `act` hands the witness on to its scope. Rejects as `act` does, and as {@link holdKey}. */
export async function runOnce<Answer>(
  needs: HoldNeeds,
  use: KeyUse,
  options: OnceOptions,
  act: (witness: Witness) => Promise<Answer>,
): Promise<Answer> {
  assertIdempotencyKey(use.key);
  const held = await holdKey(needs, use, options);
  if (!(held instanceof Hold)) {
    options.onReplayed?.();
    return unpackAnswer(held.text) as Answer;
  }
  try {
    const answer = await act(held);
    await held.settle(answer);
    return answer;
  } catch (thrown) {
    await held.fail((options.toError ?? toAppError)(thrown));
    throw thrown;
  }
}
