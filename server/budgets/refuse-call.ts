// The words in which a call is refused that no budget has room for: used up, or held by calls that are under way.
import { AppError } from "~/server/errors";
import { limitExceeded } from "~/server/plans/assert-planned";
import type { LimitType } from "~/server/plans/plan.contract";
import type { PeriodState } from "./budgets.queries";
import type { CallNeed } from "./lease-pool";

type Judged = { limitType: LimitType; spent: number; held: number; needed: number; limit: number };

const unitOf: Partial<Record<LimitType, string>> = { requests: "requests", compute_ms: "ms of compute", tokens: "tokens" };

/** Retryable when the room will be there again once the calls under way have ended and used less than they hold. */
export function refuseCall(need: CallNeed, state: PeriodState): AppError {
  const metrics = judged(need, state);
  const usedUp = metrics.find(({ spent, needed, limit }) => spent + needed > limit);
  const tightest = usedUp ?? metrics.find(({ spent, held, needed, limit }) => spent + held + needed > limit) ?? metrics[0];
  if (!tightest) throw new Error("A call needs something of at least one budget.");
  const { limitType, spent, held, needed, limit } = tightest;
  if (usedUp && spent >= limit) {
    return limitExceeded(
      { isAllowed: false, limitType, current: spent, limit },
      { kind: "call", usage: usageOf(state) },
      need.plan.tier,
    );
  }
  const unit = unitOf[limitType] ?? "";
  const why = usedUp
    ? `A call may need ${needed} ${unit}, and of this period's ${limit} only ${limit - spent} are left. An owner can change the plan under Billing.`
    : `What is left of this period's ${limit} ${unit} is held by calls under way. Try again when they have ended.`;
  return new AppError("LIMIT_EXCEEDED", why, {
    details: { limitType, period: "billing_period", current: spent, reserved: held, limit },
    retryable: usedUp === undefined,
  });
}

function usageOf({ requestsSpent: requests, tokensSpent: tokens, computeMsSpent: computeMs }: PeriodState) {
  return { requests, tokens, computeMs };
}

function judged({ hold, plan: { plan } }: CallNeed, state: PeriodState): Judged[] {
  const { requestsSpent, requestsHeld, tokensSpent, tokensHeld, computeMsSpent, computeMsHeld } = state;
  return [
    { limitType: "requests", spent: requestsSpent, held: requestsHeld, needed: 1, limit: plan.requestsMax },
    { limitType: "tokens", spent: tokensSpent, held: tokensHeld, needed: hold.tokens, limit: plan.tokensMax },
    { limitType: "compute_ms", spent: computeMsSpent, held: computeMsHeld, needed: hold.computeMs, limit: plan.computeMsMax },
  ];
}
