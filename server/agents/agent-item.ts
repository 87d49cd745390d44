// An agent's row as callers see it, its status derived.
import { agentStatusOf } from "./agent-status";
import type { AgentItem } from "./agents.contract";
import type { AgentRow } from "./agents.queries";

export function toAgentItem(row: AgentRow): AgentItem {
  return {
    agentId: row.id,
    name: row.name,
    description: row.description,
    status: agentStatusOf({ ...row, hasUnfinishedDeployment: Boolean(row.hasUnfinishedDeployment) }),
    ownerUserId: row.ownerUserId,
    activeDeploymentId: row.activeDeploymentId,
    activeVersion: row.activeVersion,
    runtime: row.runtime,
    preferredRuntime: row.preferredRuntime,
    callsPerMinuteMax: row.callsPerMinuteMax,
    concurrencyMax: row.concurrencyMax,
    conversationDays: row.conversationDays,
    lastDeployedAt: row.lastDeployedAt,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
