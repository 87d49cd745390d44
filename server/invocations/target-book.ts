// Where calls go: agents and deployments as they were at most a second ago, and at once as they are when somebody says they changed.

import type { DeploymentStatus, Runtime } from "~/db/tables/deployments";
import type { Tier } from "~/db/tables/workspaces";
import { FreshCache } from "~/server/auth/fresh-cache";
import type { AgentCoreWish } from "~/server/plans/judge-act";
import { type Plan, planOf } from "~/server/plans/plans";
import type { Services } from "~/server/services";
import { findAgentTargetAcrossWorkspaces, findDeploymentTargetAcrossWorkspaces } from "./invocations.queries";

export type CallTarget = {
  agentId: string;
  workspaceId: string;
  isDisabled: boolean;
  tier: Tier;
  plan: Plan;
  /** Its own limit, for all callers together; null: none beside the plan's for each caller. */
  callsPerMinuteMax: number | null;
  /** The smaller of its own limit and the plan's. */
  concurrencyMax: number;
  /** Its people switched it on: what is said to it and what it answers is kept, sealed. */
  keepsConversations: boolean;
  /** How many agents of the workspace are older. */
  place: number;
  /** Null: nothing was ever deployed. */
  deployment: CallDeployment | null;
};

export type WhileBusy = "reject" | "queue" | "interrupt";

export type CallDeployment = {
  deploymentId: string;
  status: DeploymentStatus;
  /** Its plan does not keep it: it is on no runtime any more. */
  isPruned: boolean;
  runtime: Runtime;
  /** What its manifest asks of AgentCore. */
  agentCore: AgentCoreWish;
  /** The smaller of what the manifest asks for and the plan grants. */
  timeoutMs: number;
  /** Whether a session goes with the agent to its next deployment, or stays where it began. */
  onDeploy: "stay" | "move";
  /** What becomes of a message that comes while the session answers another. */
  whileBusy: WhileBusy;
};

export type TargetBook = {
  /** The agent with its live deployment. Null when it is missing or deleted. */
  ofAgent(agentId: string): Promise<CallTarget | null>;
  /** The agent with one chosen deployment of it. */
  ofDeployment(deploymentId: string): Promise<CallTarget | null>;
  forgetAgent(agentId: string): void;
};

const entriesMax = 10_000;

type TargetRow = NonNullable<Awaited<ReturnType<typeof findAgentTargetAcrossWorkspaces>>>;

export function createTargetBook(needs: Pick<Services, "across" | "log">): TargetBook {
  const onRenewalError = (error: unknown) => needs.log.warn({ err: error }, "a call target could not be read again");
  const byAgent = new FreshCache<CallTarget>({
    entriesMax,
    onRenewalError,
    load: async (agentId) => toTarget(await findAgentTargetAcrossWorkspaces(needs.across, agentId)),
  });
  const byDeployment = new FreshCache<CallTarget>({
    entriesMax,
    onRenewalError,
    load: async (deploymentId) => toTarget(await findDeploymentTargetAcrossWorkspaces(needs.across, deploymentId)),
  });
  return {
    ofAgent: (agentId) => byAgent.get(agentId),
    ofDeployment: (deploymentId) => byDeployment.get(deploymentId),
    forgetAgent: (agentId) => byAgent.forget(agentId),
  };
}

function toTarget(row: TargetRow | undefined): CallTarget | null {
  if (!row || row.deletedAt) return null;
  const plan = planOf(row.tier, row.planChanges);
  return {
    agentId: row.agentId,
    workspaceId: row.workspaceId,
    isDisabled: row.disabledAt !== null,
    tier: row.tier,
    keepsConversations: Boolean(row.keepsConversations),
    callsPerMinuteMax: row.callsPerMinuteMax,
    concurrencyMax: Math.min(row.concurrencyMax ?? plan.concurrencyMax, plan.concurrencyMax),
    plan,
    place: row.place,
    deployment: toDeployment(row, plan),
  };
}

function toDeployment(row: TargetRow, plan: Plan): CallDeployment | null {
  if (row.deploymentId === null || row.status === null || row.runtime === null) return null;
  return {
    deploymentId: row.deploymentId,
    status: row.status,
    isPruned: row.prunedAt !== null,
    runtime: row.runtime,
    agentCore: row.agentCore,
    timeoutMs: Math.min(row.timeoutMs ?? plan.timeoutMsMax, plan.timeoutMsMax),
    onDeploy: row.onDeploy === "move" ? "move" : "stay",
    whileBusy: row.whileBusy === "reject" || row.whileBusy === "interrupt" ? row.whileBusy : "queue",
  };
}
