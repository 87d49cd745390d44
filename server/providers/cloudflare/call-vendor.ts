// One request to Cloudflare's API, repeated with growing pauses while the trouble looks like a passing one. Bounded, and heard when it is aborted.
import { setTimeout as pause } from "node:timers/promises";
import type { Log } from "~/server/log";
import { withDeadline } from "~/server/with-deadline";
import type { Patience } from "./cloudflare-needs";
import { explainTrouble, isPassing, troubleOf, type VendorCode, type VendorTrouble } from "./vendor-error";

export type VendorCall<T> = {
  /** For the log: which act, without values. */
  act: string;
  code: VendorCode;
  signal: AbortSignal;
  run(signal: AbortSignal): Promise<T>;
  /** What these statuses mean is known to the caller: the answer then, instead of an error. */
  known?: (trouble: VendorTrouble) => T | undefined;
};

/** Rejects with an AppError, or with the reason of `signal`. */
export async function callVendor<T>(needs: { log: Log; patience: Patience }, call: VendorCall<T>): Promise<T> {
  const { pausesMs, requestMs } = needs.patience;
  for (let attempt = 0; ; attempt += 1) {
    call.signal.throwIfAborted();
    try {
      return await call.run(withDeadline(requestMs, call.signal));
    } catch (thrown) {
      call.signal.throwIfAborted();
      const trouble = troubleOf(thrown);
      const answer = call.known?.(trouble);
      if (answer !== undefined) return answer;
      const { status, codes } = trouble;
      const next = pausesMs[attempt];
      // Neither the words nor the error itself: the vendor may say back what it was sent.
      needs.log.warn({ act: call.act, status, codes, attempt: attempt + 1 }, "Cloudflare did not do what it was asked for");
      if (next === undefined || !isPassing(trouble)) throw explainTrouble(trouble, call.code);
      await pauseFor(needs.patience, trouble, next, call.signal);
    }
  }
}

/** A little apart, so that those who were refused together do not come back together. */
async function pauseFor(patience: Patience, { retryAfterMs }: VendorTrouble, ownMs: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(Math.max(ownMs, retryAfterMs ?? 0), Math.max(ownMs, patience.retryAfterMsMax));
  await pause(ms * (1 + Math.random() / 4), undefined, { signal }).catch(() => signal.throwIfAborted());
}
