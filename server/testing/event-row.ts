// A signed event as it is written down, for tests of what is counted from it.
import { newId } from "~/server/ids";
import type { EventRow } from "~/server/telemetry/telemetry.queries";
import type { LiveAgent } from "./live-agent";

export function eventRowOf(source: LiveAgent, at: Date, fields: Partial<EventRow> = {}): EventRow {
  return {
    retentionClass: "d30",
    occurredAt: at.toISOString(),
    deploymentId: source.deploymentId,
    eventId: newId("event"),
    workspaceId: source.workspaceId,
    agentId: source.agentId,
    userId: source.ownerUserId,
    runtimeProvider: source.runtime,
    requests: 1,
    llmTokens: 12,
    computeMs: 34,
    toolCalls: 2,
    errors: 0,
    errorClass: null,
    costUsdEstimated: 0.001,
    traceId: newId("trace"),
    ...fields,
  };
}
