// Whether a call failed before any runtime got it: the agent cannot have reported it, and nobody should expect that (MISSION G5).
import { AppError } from "~/server/errors";

/** Said by providers at their own door. One that broke off later is not among them: the agent may have worked, and reported. */
const reasons: ReadonlySet<unknown> = new Set([
  "gateway_full",
  "not_placed",
  "provider_busy",
  "provider_denied",
  "provider_missing",
  "provider_quota",
  "provider_refused",
  "provider_throttled",
  "runtime_not_offered",
  "script_key",
]);
/** Nobody listens at the agent host's socket: nothing was handed over. */
const nobodyThere: ReadonlySet<unknown> = new Set(["ECONNREFUSED", "ENOENT"]);

export function wasTurnedAway(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  const { details, cause } = error;
  if (reasons.has(details.reason)) return true;
  return details.reason === "host_unreachable" && cause instanceof Error && "code" in cause && nobodyThere.has(cause.code);
}
