// The five ways in which an idempotency key is refused, each with its mend.
import { AppError } from "~/server/errors";

export function keyReused(): AppError {
  return new AppError(
    "CONFLICT",
    "This Idempotency-Key was sent before with another body. Send the first body again, or take a new key for a new act.",
    { details: { reason: "idempotency_key_reused" } },
  );
}

/** Worth trying again: soon the answer is there. */
export function stillRunning(): AppError {
  return new AppError(
    "CONFLICT",
    "The first request with this Idempotency-Key is still being carried out. Ask again in a moment.",
    {
      details: { reason: "idempotency_key_in_use", retryAfterSeconds: 1 },
      retryable: true,
    },
  );
}

export function outcomeUnknown(): AppError {
  return new AppError(
    "CONFLICT",
    "The first request with this Idempotency-Key broke off, and it is not known how far it came. Look at what is there; then go on with a new key.",
    { details: { reason: "idempotency_outcome_unknown" } },
  );
}

export function notKept(): AppError {
  return new AppError(
    "CONFLICT",
    "The first request with this Idempotency-Key was carried out; its answer was too large to be kept. Read what it made.",
    { details: { reason: "idempotency_answer_not_kept" } },
  );
}

/** What is kept of requests costs room for a day, so nobody has it kept without end. */
export function tooManyKeys(keysMax: number): AppError {
  return new AppError(
    "RATE_LIMITED",
    `You sent ${keysMax.toLocaleString("en")} Idempotency-Keys within a day, the most that are kept for one person and their API keys. Wait until the oldest are forgotten, or send this request without one.`,
    { details: { reason: "idempotency_keys_used_up", limit: keysMax, retryAfterSeconds: 600 } },
  );
}
