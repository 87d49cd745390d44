// Usage step by step, with totals, latency, and how much telemetry was lost on the way (MISSION G4, G5).
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { latencyOf } from "./latency-of";
import { spanOfSteps } from "./span-of-steps";
import type { UsageHour, UsageSeries, UsageSeriesInput, UsageTotals } from "./usage.contract";
import {
  findAgentId,
  findDeploymentId,
  findLatency,
  listLatencySteps,
  listUsageSteps,
  type UsageSpan,
  type UsageStepRow,
} from "./usage.queries";

const none: UsageTotals = { requests: 0, llmTokens: 0, computeMs: 0, toolCalls: 0, errors: 0, costUsdEstimated: 0 };
const nothing: Omit<UsageStepRow, "at"> = { ...none, receivedEvents: 0, expectedEvents: 0, failedCalls: 0 };

/** The span ends with the current step. Throws `NOT_FOUND` when an agent or deployment is asked for that is not the workspace's. */
export async function readUsageSeries(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  input: UsageSeriesInput,
): Promise<UsageSeries> {
  const { from, to, grain, starts } = spanOfSteps(needs.clock.now(), input);
  const span: UsageSpan = { from, to, grain, agentId: input.agentId ?? null, deploymentId: input.deploymentId ?? null };
  return inWorkspace(needs.db, scope, async (tx) => {
    if (span.agentId !== null && !(await findAgentId(tx, scope, span.agentId))) throw notFound("agent");
    if (span.deploymentId !== null && !(await findDeploymentId(tx, scope, span.deploymentId))) throw notFound("deployment");
    const rows = new Map((await listUsageSteps(tx, scope, span)).map((row) => [row.at.getTime(), row]));
    const latencies = new Map((await listLatencySteps(tx, scope, span)).map((row) => [row.at.getTime(), row]));
    const hours = starts.map((hour): UsageHour => {
      const { at: _at, ...step } = rows.get(hour.getTime()) ?? { ...nothing, at: hour };
      return { ...step, ...latencyOf(latencies.get(hour.getTime())), hour };
    });
    return {
      from,
      to,
      grain,
      hours,
      totals: hours.reduce(add, none),
      latency: latencyOf(await findLatency(tx, scope, span)),
      expectedEvents: hours.reduce((sum, hour) => sum + hour.expectedEvents, 0),
      receivedEvents: hours.reduce((sum, hour) => sum + hour.receivedEvents, 0),
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
