// A conversation, a call, its telemetry, the sums it counts in, and a day on which reports were missing.
import { sql } from "kysely";
import { ulid } from "ulid";
import type { Tx } from "../transaction";
import type { Tenant } from "./world";

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
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
  const startOf = (stepMs: number) => new Date(Math.floor(call.at.getTime() / stepMs) * stepMs);
  const sums = { ...place, ...counts, events: 1 };
  // The call itself has counted already, as it was written down.
  await tx
    .insertInto("usageMinutes")
    .values({ ...sums, minute: startOf(minuteMs) })
    .onConflict((row) => row.columns(["workspaceId", "minute", "deploymentId"]).doUpdateSet({ ...counts, events: 1 }))
    .execute();
  await tx
    .insertInto("usageHours")
    .values({ ...sums, hour: startOf(hourMs) })
    .onConflict((row) => row.columns(["workspaceId", "hour", "deploymentId"]).doUpdateSet({ ...counts, events: 1 }))
    .execute();
  await tx
    .insertInto("usageDays")
    .values({ ...sums, day: startOf(dayMs) })
    .onConflict((row) => row.columns(["workspaceId", "day", "deploymentId"]).doUpdateSet({ ...counts, events: 1 }))
    .execute();
  await tx
    .insertInto("dropAlerts")
    .values({
      workspaceId,
      agentId,
      deploymentId,
      day: call.at.toISOString().slice(0, 10),
      expectedEvents: 100,
      receivedEvents: 90,
      createdAt: call.at,
    })
    .execute();
}
