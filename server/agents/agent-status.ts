// The one place that says how an agent is doing, from what its rows say.
import type { AgentStatus } from "~/db/tables/agents";
import type { DeploymentStatus } from "~/db/tables/deployments";

export type AgentFacts = {
  disabledAt: Date | null;
  activeDeploymentId: string | null;
  hasUnfinishedDeployment: boolean;
  newestDeploymentStatus: DeploymentStatus | null;
};

/** `error` means that nothing is live and the newest attempt failed; a live agent stays `active` when a new version fails. */
export function agentStatusOf(facts: AgentFacts): AgentStatus {
  if (facts.disabledAt) return "disabled";
  if (facts.hasUnfinishedDeployment) return "deploying";
  if (facts.activeDeploymentId) return "active";
  return facts.newestDeploymentStatus === "failed" ? "error" : "created";
}
