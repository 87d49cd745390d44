// What would stop at another plan: the state of a workspace, judged thing by thing by the function that enforces (AHEAD 15).
import type { Runtime } from "~/db/tables/deployments";
import { type AgentCoreWish, judgeAct, type PeriodUsage, type PlannedAct } from "./judge-act";
import type { LimitType, Plan } from "./plan.contract";

/** Lists in the order of their places; see `PlannedAct`. */
export type WorkspaceState = {
  agents: { agentId: string; name: string; runtime: Runtime | null; agentCore?: AgentCoreWish }[];
  members: { userId: string; name: string }[];
  openInvitations: number;
  keys: { keyId: string; name: string }[];
  /** Versions that could go live, of each agent the newest first. */
  deployments: {
    deploymentId: string;
    agentId: string;
    agentName: string;
    version: number;
    runtime: Runtime;
    agentCore?: AgentCoreWish;
  }[];
  usage: PeriodUsage;
};

type Stopped<Thing> = Thing & { limitType: LimitType };

export type PlanStops = {
  agents: Stopped<WorkspaceState["agents"][number]>[];
  members: Stopped<WorkspaceState["members"][number]>[];
  keys: Stopped<WorkspaceState["keys"][number]>[];
  deployments: Stopped<WorkspaceState["deployments"][number]>[];
  /** In use by a version of some agent, and not part of the plan. */
  runtimes: Runtime[];
  /** What of the period is used up already, so that every call would be refused. */
  calls: LimitType | null;
  /** What could not be added to any more. */
  full: LimitType[];
};

/** Pure. */
export function simulatePlan(state: WorkspaceState, plan: Plan): PlanStops {
  const inUse = [...state.agents, ...state.deployments].flatMap(({ runtime }) => (runtime ? [runtime] : []));
  return {
    agents: stopped(state.agents, plan, ({ runtime, agentCore }, place) => ({ kind: "run_agent", runtime, place, agentCore })),
    members: stopped(state.members, plan, (_member, place) => ({ kind: "act_as_member", place })),
    keys: stopped(state.keys, plan, (_key, place) => ({ kind: "use_key", place })),
    deployments: stopped(state.deployments, plan, (version, place) => ({
      kind: "activate",
      runtime: version.runtime,
      agentCore: version.agentCore,
      place: place - state.deployments.findIndex(({ agentId }) => agentId === version.agentId),
    })),
    runtimes: [...new Set(inUse)].filter((runtime) => limitOf({ kind: "deploy", runtime }, plan) !== null).sort(),
    calls: limitOf({ kind: "call", usage: state.usage }, plan),
    full: [
      limitOf({ kind: "create_agent", agents: state.agents.length }, plan),
      limitOf({ kind: "invite_member", members: state.members.length + state.openInvitations }, plan),
      limitOf({ kind: "create_key", keys: state.keys.length }, plan),
    ].filter((limitType) => limitType !== null),
  };
}

function stopped<Thing>(things: Thing[], plan: Plan, toAct: (thing: Thing, place: number) => PlannedAct): Stopped<Thing>[] {
  return things.flatMap((thing, place) => {
    const limitType = limitOf(toAct(thing, place), plan);
    return limitType === null ? [] : [{ ...thing, limitType }];
  });
}

function limitOf(act: PlannedAct, plan: Plan): LimitType | null {
  const verdict = judgeAct(act, plan);
  return verdict.isAllowed ? null : verdict.limitType;
}
