// Looks at AWS again and again, with longer and longer pauses, until something has come about or patience is over.
import { AppError } from "~/server/errors";
import { isBusy } from "./aws-trouble";

const pauseMsMax = 5_000;

export type Patience = { pollMs: number; readyMs: number; signal: AbortSignal };

/** Rejects with `DEPLOYMENT_FAILED` when `look` answers null for too long; `what` completes "AWS did not …". */
export async function waitUntil<T>(look: () => Promise<T | null>, what: string, patience: Patience): Promise<T> {
  const endsAt = performance.now() + patience.readyMs;
  for (let pauseMs = patience.pollMs; ; pauseMs = Math.min(pauseMsMax, pauseMs * 1.5)) {
    patience.signal.throwIfAborted();
    const found = await look();
    if (found !== null) return found;
    if (performance.now() + pauseMs > endsAt) throw overdue(what, patience.readyMs);
    await pause(pauseMs, patience.signal);
  }
}

/** Asks again while AWS is busy with another change of the same thing. */
export async function whileBusy<T>(act: () => Promise<T>, patience: Patience): Promise<T> {
  let refusal: unknown;
  const attempt = async () => {
    try {
      return { done: await act() };
    } catch (thrown) {
      if (!isBusy(thrown)) throw thrown;
      refusal = thrown;
      return null;
    }
  };
  try {
    return (await waitUntil(attempt, "finish another change", patience)).done;
  } catch (thrown) {
    throw thrown instanceof AppError && refusal !== undefined ? refusal : thrown;
  }
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}

function overdue(what: string, ms: number): AppError {
  return new AppError("DEPLOYMENT_FAILED", `AWS did not ${what} within ${Math.ceil(ms / 1_000)} seconds. Try again.`, {
    retryable: true,
    details: { reason: "provider_overdue" },
  });
}
