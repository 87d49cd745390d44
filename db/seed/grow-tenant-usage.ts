// A conversation, a call, its telemetry and the hour it counts in.
import { sql } from "kysely";
import { ulid } from "ulid";
import type { Tx } from "../transaction";
import type { Tenant } from "./world";

const hourMs = 3_600_000;
const counts = { requests: 1, llmTokens: 120, computeMs: 340, toolCalls: 0, errors: 0, costUsdEstimated: 0.0001 };

export async function growTenantUsage(tx: Tx, tenant: Tenant): Promise<void> {
  const { userId, workspaceId, agentId, deploymentId } = tenant;
  const place = { workspaceId, agentId, deploymentId };
  const at = new Date();
  const principal = `user:${userId}`;
  const [sessionId, traceId] = [`ses_${ulid()}`, `trc_${ulid()}`];
  await tx
    .insertInto("agentSessions")
    .values({ id: sessionId, ...place, principal, lastUsedAt: at })
    .execute();
  await tx
    .insertInto("invocations")
    .values({
      id: `inv_${ulid()}`,
      traceId,
      ...place,
      sessionId,
      principal,
      mode: "json",
      outcome: "ok",
      errorCode: null,
      errorClass: null,
      errorMessage: null,
      computeMs: counts.computeMs,
      firstByteMs: 80,
      startedAt: at,
    })
    .execute();
  await growTelemetry(tx, tenant, { at, traceId });
}

async function growTelemetry(tx: Tx, tenant: Tenant, call: { at: Date; traceId: string }): Promise<void> {
  const { userId, workspaceId, agentId, deploymentId } = tenant;
  const place = { workspaceId, agentId, deploymentId, runtimeProvider: "embedded" as const };
  await sql`select ensure_telemetry_partition('d30', ${call.at.toISOString().slice(0, 10)}::date)`.execute(tx);
  await tx
    .insertInto("telemetryEvents")
    .values({
      ...place,
      ...counts,
      retentionClass: "d30",
      occurredAt: call.at,
      eventId: `evt_${ulid()}`,
      userId,
      errorClass: null,
      traceId: call.traceId,
    })
    .execute();
  const hour = new Date(Math.floor(call.at.getTime() / hourMs) * hourMs);
  await tx
    .insertInto("usageHours")
    .values({ ...place, ...counts, hour, events: 1 })
    .execute();
}
