// What a call is charged in tokens: what its runtime says it used; while nobody has said, as many as it held (MISSION E3).
import type { CallHold } from "~/server/budgets/budgets.queries";
import { AppError } from "~/server/errors";
import { saysSpent, spentAt } from "~/server/providers/spent-at-fault";

/** An agent counts for itself: whatever it claims of one call, the sums of its workspace stay numbers that can be added to. */
const tokensMax = 1e12;

/** The runtime, or the way to it, broke off: the agent may have worked, and nobody is left to say so. */
const brokeOff: ReadonlySet<unknown> = new Set([
  "answer_given_up",
  "answer_too_large",
  "host_unreachable",
  "process_ended",
  "provider_away",
  "provider_failed",
  "provider_unavailable",
  "script_exceeded_limits",
  "stopped",
]);

/** Null: it was cut off before anybody could have said. */
export function tokensAt(thrown: unknown, stopped: AbortSignal): number | null {
  if (saysSpent(thrown)) return spentAt(thrown).tokens;
  if (stopped.aborted) return null;
  if (!(thrown instanceof AppError)) return null;
  return thrown.details["timedOut"] === true || brokeOff.has(thrown.details.reason) ? null : 0;
}

/** A budget is never charged too little; what is assumed here the runtime's own report corrects (`settle-assumed-calls.ts`). */
export function chargedTokens(tokens: number | null, { reachedRuntime, hold }: { reachedRuntime: boolean; hold: CallHold }) {
  if (tokens !== null || !reachedRuntime) return { tokens: Math.min(tokens ?? 0, tokensMax), tokensAreAssumed: false };
  return { tokens: hold.tokens, tokensAreAssumed: true };
}
