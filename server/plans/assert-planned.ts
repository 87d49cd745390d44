// Refuses what the plan does not allow, in words that say what is full and what to do.
import type { Tier } from "~/db/tables/workspaces";
import { AppError } from "~/server/errors";
import { judgeAct, type PlannedAct, type Refusal } from "./judge-act";
import type { LimitType, Plan } from "./plan.contract";

export type NamedPlan = { tier: Tier; plan: Plan };

/** Rejects with `LIMIT_EXCEEDED` and its details. */
export function assertPlanned(act: PlannedAct, { tier, plan }: NamedPlan): void {
  const verdict = judgeAct(act, plan);
  if (!verdict.isAllowed) throw limitExceeded(verdict, act, tier);
}

export function limitExceeded(refusal: Refusal, act: PlannedAct, tier: Tier): AppError {
  const { limitType, current, limit } = refusal;
  const numbers = { ...(current === undefined ? {} : { current }), ...(limit === undefined ? {} : { limit }) };
  const period = periodTypes.has(limitType) ? { period: "billing_period" } : {};
  return new AppError("LIMIT_EXCEEDED", `${sentenceOf(refusal, act, tier)} An owner can change the plan under Billing.`, {
    details: { limitType, ...period, ...numbers },
  });
}

const periodTypes: ReadonlySet<LimitType> = new Set(["requests", "tokens", "compute_ms"]);

function sentenceOf({ limitType, limit = 0, capability = "" }: Refusal, act: PlannedAct, tier: Tier): string {
  const words: Record<LimitType, string> = {
    agents: isPlace(act)
      ? `The ${tier} plan runs the oldest ${limit} of a workspace's agents, and this one is newer. Delete an older one.`
      : `The ${tier} plan holds ${limit} agents. Delete one.`,
    members: isPlace(act)
      ? `The ${tier} plan has room for ${limit} members, and others joined before you.`
      : `The ${tier} plan has room for ${limit} members and open invitations. Remove or revoke one.`,
    keys: isPlace(act)
      ? `The ${tier} plan honours the oldest ${limit} of a workspace's API keys, and this one is newer. Revoke an older one.`
      : `The ${tier} plan holds ${limit} API keys. Revoke one that nobody needs any more.`,
    runtime: `The ${tier} plan does not include the runtime "${"runtime" in act ? act.runtime : ""}".`,
    deployments: `The ${tier} plan keeps the ${limit} newest versions of an agent, and this is an older one. Deploy its bundle anew.`,
    requests: `The ${tier} plan's ${limit} requests of this period are used up.`,
    tokens: `The ${tier} plan's ${limit} tokens of this period are used up.`,
    compute_ms: `The ${tier} plan's ${limit} ms of compute of this period are used up.`,
    browser_sessions: `The ${tier} plan's ${limit} browser sessions of this period are used up.`,
    code_interpreter_sessions: `The ${tier} plan's ${limit} code interpreter sessions of this period are used up.`,
    gateway_calls: `The ${tier} plan's ${limit} AgentCore gateway calls of this period are used up.`,
    agentcore_capability: `The ${tier} plan does not include the ${capability} of AgentCore. Take it out of the manifest's section "agentcore".`,
  };
  return words[limitType];
}

/** About something that is there already, as against one more of its kind. */
function isPlace(act: PlannedAct): boolean {
  return "place" in act;
}
