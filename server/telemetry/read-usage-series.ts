// Usage hour by hour, with totals, latency, and how much telemetry was lost on the way (MISSION G4, G5).
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { spanOfHours } from "./span-of-hours";
import type { UsageHour, UsageSeries, UsageSeriesInput, UsageTotals } from "./usage.contract";
import { countInvocations, findAgentId, findLatency, listUsageHours } from "./usage.queries";

const none: UsageTotals = { requests: 0, llmTokens: 0, computeMs: 0, toolCalls: 0, errors: 0, costUsdEstimated: 0 };
const noLatency = { p50Ms: null, p95Ms: null, p99Ms: null };

/** The span ends with the current hour. Throws `NOT_FOUND` when an agent is asked for that is not the workspace's. */
export function readUsageSeries(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  input: UsageSeriesInput,
): Promise<UsageSeries> {
  const { from, to, starts } = spanOfHours(needs.clock.now(), input.hours);
  const span = { from, to, agentId: input.agentId ?? null };
  return inWorkspace(needs.db, scope, async (tx) => {
    if (span.agentId !== null && !(await findAgentId(tx, scope, span.agentId))) throw notFound("agent");
    const rows = await listUsageHours(tx, scope, span);
    const byHour = new Map(rows.map((row) => [row.hour.getTime(), row]));
    const hours = starts.map((hour): UsageHour => {
      const { events: _events, ...totals } = byHour.get(hour.getTime()) ?? { ...none, events: 0 };
      return { ...totals, hour };
    });
    return {
      from,
      to,
      hours,
      totals: hours.reduce(add, none),
      latency: (await findLatency(tx, scope, span)) ?? noLatency,
      expectedEvents: await countInvocations(tx, scope, span),
      receivedEvents: rows.reduce((sum, row) => sum + row.events, 0),
    };
  });
}

function add(sum: UsageTotals, hour: UsageTotals): UsageTotals {
  return {
    requests: sum.requests + hour.requests,
    llmTokens: sum.llmTokens + hour.llmTokens,
    computeMs: sum.computeMs + hour.computeMs,
    toolCalls: sum.toolCalls + hour.toolCalls,
    errors: sum.errors + hour.errors,
    costUsdEstimated: sum.costUsdEstimated + hour.costUsdEstimated,
  };
}
