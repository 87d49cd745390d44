// The one answer to "does the plan allow it?": asked before every act that a plan limits, and by the simulator (MISSION H3).
import type { Runtime } from "~/db/tables/deployments";
import type { LimitType, Plan } from "./plan.contract";

/** What was used in the current period. */
export type PeriodUsage = { requests: number; tokens: number; computeMs: number };

/**
 * An act with the facts that decide it. A `place` counts from 0 those of its kind that come before: of agents and keys the older
 * ones, of members the owners and then the older ones, of an agent's versions the newer ones that could go live as well.
 */
export type PlannedAct =
  | { kind: "create_agent"; agents: number }
  /** With the invitations that wait for an answer. */
  | { kind: "invite_member"; members: number }
  | { kind: "create_key"; keys: number }
  | { kind: "act_as_member"; place: number }
  | { kind: "use_key"; place: number }
  | { kind: "deploy"; runtime: Runtime; agentCore?: AgentCoreWish }
  | { kind: "activate"; runtime: Runtime; place: number; agentCore?: AgentCoreWish }
  | { kind: "run_agent"; runtime: Runtime | null; place: number; agentCore?: AgentCoreWish }
  | { kind: "call"; usage: PeriodUsage }
  | { kind: "use_agentcore"; capability: "memory" | "identity" }
  | { kind: "use_tool"; tool: AgentCoreTool; calls: number };

/** What a manifest's section "agentcore" asks for; it counts on that runtime only. */
export type AgentCoreWish = Partial<Record<"memory" | "codeInterpreter" | "browser", boolean | undefined>> | null | undefined;

export type AgentCoreTool = "browser" | "code_interpreter" | "gateway";

export type Refusal = { isAllowed: false; limitType: LimitType; current?: number; limit?: number; capability?: string };
export type Verdict = { isAllowed: true } | Refusal;

const allowed: Verdict = { isAllowed: true };

/** Pure. */
export function judgeAct(act: PlannedAct, plan: Plan): Verdict {
  switch (act.kind) {
    case "create_agent":
      return below("agents", act.agents, plan.agentsMax);
    case "invite_member":
      return below("members", act.members, plan.membersMax);
    case "create_key":
      return below("keys", act.keys, plan.keysMax);
    case "act_as_member":
      return below("members", act.place, plan.membersMax);
    case "use_key":
      return below("keys", act.place, plan.keysMax);
    case "deploy":
      return onRuntime(act, plan);
    case "activate":
      return first(onRuntime(act, plan), below("deployments", act.place, plan.deploymentsKeptMax));
    case "run_agent":
      return first(below("agents", act.place, plan.agentsMax), onRuntime(act, plan));
    case "call":
      return withinPeriod(act.usage, plan);
    case "use_agentcore":
      return plan.agentCore[act.capability] ? allowed : lacking(act.capability);
    case "use_tool":
      return withTool(act.tool, act.calls, plan);
  }
}

/** The first refusal of several, or leave. */
export function first(...verdicts: Verdict[]): Verdict {
  return verdicts.find((verdict) => !verdict.isAllowed) ?? allowed;
}

function below(limitType: LimitType, current: number, limit: number): Verdict {
  return current < limit ? allowed : { isAllowed: false, limitType, current, limit };
}

type OnRuntime = { runtime: Runtime | null; agentCore?: AgentCoreWish };

function onRuntime({ runtime, agentCore }: OnRuntime, plan: Plan): Verdict {
  if (runtime === null) return allowed;
  if (!plan.runtimes.includes(runtime)) return { isAllowed: false, limitType: "runtime" };
  return runtime === "agentcore" ? withCapabilities(agentCore ?? {}, plan) : allowed;
}

function withCapabilities(wish: NonNullable<AgentCoreWish>, { agentCore }: Plan): Verdict {
  if (wish.memory && !agentCore.memory) return lacking("memory");
  if (wish.codeInterpreter && agentCore.codeInterpreterSessionsMax === 0) return lacking("code interpreter");
  return wish.browser && agentCore.browserSessionsMax === 0 ? lacking("browser") : allowed;
}

function lacking(capability: string): Verdict {
  return { isAllowed: false, limitType: "agentcore_capability", capability };
}

function withinPeriod(usage: PeriodUsage, plan: Plan): Verdict {
  return first(
    below("requests", usage.requests, plan.requestsMax),
    below("tokens", usage.tokens, plan.tokensMax),
    below("compute_ms", usage.computeMs, plan.computeMsMax),
  );
}

function withTool(tool: AgentCoreTool, calls: number, { agentCore }: Plan): Verdict {
  if (tool === "browser") return below("browser_sessions", calls, agentCore.browserSessionsMax);
  if (tool === "code_interpreter") return below("code_interpreter_sessions", calls, agentCore.codeInterpreterSessionsMax);
  return below("gateway_calls", calls, agentCore.gatewayCallsMax);
}
