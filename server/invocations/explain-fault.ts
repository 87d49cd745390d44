// What a caller is told of a call that failed: the runtime's own words where they are about the call, and none of our own affairs.
import { AppError, type ErrorCode, toAppError } from "~/server/errors";

/** What may pass from a provider to a caller as it is; the rest is our own affair and said as a runtime error. */
const passed: ReadonlySet<ErrorCode> = new Set([
  "RUNTIME_ERROR",
  "RATE_LIMITED",
  "LIMIT_EXCEEDED",
  "CONFLICT",
  "PAYLOAD_TOO_LARGE",
]);

export function explainFault(thrown: unknown): AppError {
  const error = toAppError(thrown);
  if (passed.has(error.code) || error.details.reason !== undefined) return error;
  if (error.code === "NOT_FOUND") {
    return new AppError("RUNTIME_ERROR", "This deployment is not on its runtime any more. Deploy the agent again.", {
      cause: thrown,
      details: { reason: "not_placed" },
    });
  }
  return new AppError("RUNTIME_ERROR", "The runtime failed while it answered. Try again.", { retryable: true, cause: thrown });
}
