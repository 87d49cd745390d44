// What a script's address answered when it was no answer of ours: Cloudflare's own error pages, as errors with safe words.
import { AppError } from "~/server/errors";

/** Said by the page `error code: 1102`; the numbers are in developers.cloudflare.com/workers/observability/errors. */
const pages: Record<number, { message: string; retryable: boolean; reason: string }> = {
  1101: { message: "The agent's runtime failed before the handler could answer.", retryable: false, reason: "script_threw" },
  1102: {
    message:
      "The agent used more CPU time or memory than Cloudflare grants it. Make it do less per call, or raise limits.timeoutMs up to what the plan grants.",
    retryable: false,
    reason: "script_exceeded_limits",
  },
  1015: {
    message: "Cloudflare lets no more requests through just now. Try again in a moment.",
    retryable: true,
    reason: "provider_throttled",
  },
  1027: {
    message: "The Cloudflare account has used up its requests of the day. The operator can raise its plan.",
    retryable: true,
    reason: "provider_throttled",
  },
};

export function explainAnswer(status: number, text: string): AppError {
  const known = pages[Number(/error code: (\d{4})/i.exec(text)?.[1])];
  const cause = new Error(`the script's address answered ${status}`);
  if (known) {
    return new AppError("RUNTIME_ERROR", known.message, { retryable: known.retryable, details: { reason: known.reason }, cause });
  }
  if (status === 429 || status >= 500) return unreachable(cause);
  return new AppError("RUNTIME_ERROR", "Cloudflare did not let the call through to the agent.", {
    details: { reason: "provider_refused" },
    cause,
  });
}

export function unreachable(cause: unknown): AppError {
  return new AppError("RUNTIME_ERROR", "Cloudflare does not answer as it should just now. Try again in a moment.", {
    retryable: true,
    details: { reason: "provider_unavailable" },
    cause,
  });
}

export function notPlaced(): AppError {
  return new AppError("NOT_FOUND", "There is no such deployment on this provider.");
}

export function refusesUs(): AppError {
  return new AppError("RUNTIME_ERROR", "The agent at Cloudflare does not accept this installation's key. Deploy it again.", {
    details: { reason: "script_key" },
  });
}
