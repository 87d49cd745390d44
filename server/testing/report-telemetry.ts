// Signed telemetry as a runtime sends it, and what became of it in the database.
import { createHmac } from "node:crypto";
import { sql } from "kysely";
import { telemetryHeaders } from "~/runtime/contract/telemetry";
import { newId } from "~/server/ids";
import { deriveTelemetryKey } from "~/server/telemetry/telemetry-key";
import type { LiveAgent } from "./live-agent";
import type { TestServices } from "./test-services";

export type ReportFields = Record<string, unknown>;

export type Sending = {
  deploymentId?: string;
  signature?: string;
  /** Another web process than the reporter's own. */
  url?: string;
  path?: string;
  headers?: Record<string, string>;
};

export type ReportAnswer = { status: number; body: ReportFields & { error?: { code: string; message: string } } };

/** Everything that the owner chain of `source` lets through; `fields` replace what a test is about. */
export function eventOf(services: TestServices, source: LiveAgent, fields: ReportFields = {}): ReportFields {
  return {
    eventId: newId("event"),
    userId: source.ownerUserId,
    agentId: source.agentId,
    deploymentId: source.deploymentId,
    runtimeProvider: source.runtime,
    timestamp: services.clock.now().toISOString(),
    requests: 1,
    llmTokens: 12,
    computeMs: 34,
    toolCalls: 2,
    errors: 0,
    errorClass: null,
    costUsdEstimated: 0.001,
    traceId: newId("trace"),
    provider: {},
    ...fields,
  };
}

export function signReport(services: TestServices, raw: string | Buffer, deploymentId: string, generation = 1): string {
  const key = deriveTelemetryKey(services.config.telemetryRootKey, deploymentId, generation);
  return `v1=${createHmac("sha256", key).update(raw).digest("hex")}`;
}

/** Sends to `/v1/telemetry/report` with the right signature, unless told otherwise. */
export async function sendReport(
  target: { services: TestServices; url: string; source: LiveAgent },
  raw: string | Buffer,
  sending: Sending = {},
): Promise<ReportAnswer> {
  const deploymentId = sending.deploymentId ?? target.source.deploymentId;
  const answer = await fetch(`${sending.url ?? target.url}${sending.path ?? "/v1/telemetry/report"}`, {
    method: "POST",
    headers: {
      [telemetryHeaders.deploymentId]: deploymentId,
      [telemetryHeaders.signature]: sending.signature ?? signReport(target.services, raw, deploymentId),
      ...sending.headers,
    },
    body: typeof raw === "string" ? raw : new Uint8Array(raw),
    signal: AbortSignal.timeout(30_000),
  });
  return { status: answer.status, body: (await answer.json()) as ReportAnswer["body"] };
}

/** Hourly sums, as kept and as counted again from the raw events. */
export async function readSums(services: TestServices) {
  const kept = await sql`
    select workspace_id, deployment_id, hour, requests, llm_tokens, compute_ms, tool_calls, errors, events from usage_hours
    order by deployment_id, hour`.execute(services.owner);
  const counted = await sql`
    select workspace_id, deployment_id, date_trunc('hour', occurred_at, 'UTC') as hour, sum(requests)::bigint as requests,
      least(sum(llm_tokens), 9007199254740991) as llm_tokens, least(sum(compute_ms), 9007199254740991) as compute_ms,
      sum(tool_calls)::bigint as tool_calls, sum(errors)::bigint as errors, count(*) as events
    from telemetry_events group by 1, 2, 3 order by 2, 3`.execute(services.owner);
  return { kept: kept.rows, counted: counted.rows };
}
