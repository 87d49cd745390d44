// Usage as a CSV file, read a batch at a time while it is sent.
import { inWorkspace } from "~/db/transaction";
import { csvLine } from "~/server/audit/csv-line";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { spanOfSteps } from "./span-of-steps";
import type { ExportUsageQuery } from "./usage.contract";
import { findAgentId, findDeploymentId, type UsageSpan } from "./usage.queries";
import { type ExportedRow, listRowsToExport, type PlaceInExport } from "./usage-export.queries";

const batchRows = 2_000;

const columns: [name: string, of: (row: ExportedRow) => string | number][] = [
  ["start", (row) => row.at.toISOString()],
  ["agent_id", (row) => row.agentId],
  ["agent", (row) => row.agentName],
  ["deployment_id", (row) => row.deploymentId],
  ["version", (row) => row.version],
  ["runtime", (row) => row.runtimeProvider],
  ["requests", (row) => row.requests],
  ["errors", (row) => row.errors],
  ["llm_tokens", (row) => row.llmTokens],
  ["tool_calls", (row) => row.toolCalls],
  ["compute_ms", (row) => row.computeMs],
  ["cost_usd_estimated", (row) => row.costUsdEstimated],
  ["expected_events", (row) => row.expectedEvents],
  ["received_events", (row) => row.receivedEvents],
  ["gateway_ms", (row) => row.callMs],
  ["assumed_calls", (row) => row.assumedCalls],
];

/** Oldest first. Throws `NOT_FOUND` when an agent or deployment is asked for that is not the workspace's. */
export async function exportUsage(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  asked: Omit<ExportUsageQuery, "workspaceId">,
): Promise<{ fileName: string; pieces: AsyncIterable<string> }> {
  const { from, to, grain } = spanOfSteps(needs.clock.now(), asked);
  const span: UsageSpan = { from, to, grain, agentId: asked.agentId ?? null, deploymentId: asked.deploymentId ?? null };
  await inWorkspace(needs.db, scope, async (tx) => {
    if (span.agentId !== null && !(await findAgentId(tx, scope, span.agentId))) throw notFound("agent");
    if (span.deploymentId !== null && !(await findDeploymentId(tx, scope, span.deploymentId))) throw notFound("deployment");
  });
  const days = [from, new Date(to.getTime() - 1)].map((moment) => moment.toISOString().slice(0, 10));
  return { fileName: `usage-by-${grain}-${days.join("-to-")}.csv`, pieces: linesOf(needs, scope, span) };
}

async function* linesOf(needs: Pick<Services, "db">, scope: WorkspaceScope, span: UsageSpan): AsyncGenerator<string> {
  yield csvLine(columns.map(([name]) => name));
  let after: PlaceInExport | null = null;
  for (;;) {
    const rows: ExportedRow[] = await inWorkspace(needs.db, scope, (tx) =>
      listRowsToExport(tx, scope, span, { after, limit: batchRows }),
    );
    yield rows.map((row) => csvLine(columns.map(([, of]) => of(row)))).join("");
    const last = rows.at(-1);
    if (!last || rows.length < batchRows) return;
    after = { at: last.at, deploymentId: last.deploymentId };
  }
}
