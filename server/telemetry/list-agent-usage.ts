// The last 24 hours of each agent of a workspace, for tables and sparklines.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import { latencyOf } from "./latency-of";
import { spanOfSteps } from "./span-of-steps";
import type { AgentUsage } from "./usage.contract";
import { listAgentIds, listLatencyByAgent, listUsageHoursByAgent } from "./usage.queries";

const hoursShown = 24;

/** Agents that did nothing are present with zeros. */
export function listAgentUsage(needs: Pick<Services, "db" | "clock">, scope: WorkspaceScope): Promise<AgentUsage[]> {
  const { from, to, starts } = spanOfSteps(needs.clock.now(), { hours: hoursShown, grain: "hour" });
  const span = { from, to };
  return inWorkspace(needs.db, scope, async (tx) => {
    const agents = await listAgentIds(tx, scope);
    const rows = await listUsageHoursByAgent(tx, scope, span);
    const latencies = await listLatencyByAgent(tx, scope, span);
    const p95ByAgent = new Map(latencies.map((row) => [row.agentId, latencyOf(row).p95Ms]));
    const rowsByAgent = new Map<string, typeof rows>();
    for (const row of rows) rowsByAgent.set(row.agentId, [...(rowsByAgent.get(row.agentId) ?? []), row]);
    return agents.map(({ id: agentId }) => {
      const own = rowsByAgent.get(agentId) ?? [];
      const byHour = new Map(own.map((row) => [row.hour.getTime(), row.requests]));
      return {
        agentId,
        requests: own.reduce((sum, row) => sum + row.requests, 0),
        errors: own.reduce((sum, row) => sum + row.errors, 0),
        p95Ms: p95ByAgent.get(agentId) ?? null,
        hourly: starts.map((hour) => byHour.get(hour.getTime()) ?? 0),
      };
    });
  });
}
