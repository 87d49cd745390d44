// What the host measured of one call, and the signed-telemetry event it becomes (CONTRACTS "Telemetry"). Pure: the shim bundles it too.
import { estimateCost } from "~/runtime/contract/estimate-cost";
import type { TelemetryEvent } from "~/runtime/contract/telemetry";

/** One finished call. The id is made by the host, so that whoever signs it, it counts once. */
export type CallFact = Pick<
  TelemetryEvent,
  "eventId" | "traceId" | "timestamp" | "llmTokens" | "computeMs" | "toolCalls" | "errors" | "errorClass"
>;

export type TelemetryIdentity = Pick<TelemetryEvent, "userId" | "agentId" | "deploymentId" | "runtimeProvider">;

export function toTelemetryBatch(identity: TelemetryIdentity, facts: readonly CallFact[]): { events: TelemetryEvent[] } {
  return { events: facts.map((fact) => toTelemetryEvent(identity, fact)) };
}

function toTelemetryEvent(identity: TelemetryIdentity, fact: CallFact): TelemetryEvent {
  const requests = 1;
  return {
    ...identity,
    ...fact,
    requests,
    costUsdEstimated: estimateCost({ requests, computeMs: fact.computeMs, llmTokens: fact.llmTokens }, identity.runtimeProvider),
    provider: {},
  };
}
