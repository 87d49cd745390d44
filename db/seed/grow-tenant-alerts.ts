// What a tenant is told of: an alert that is over, its setting, and a webhook that was switched off by hand, with one delivery.
import { ulid } from "ulid";
import type { Tx } from "../transaction";
import type { Tenant } from "./world";

const host = "hooks.example.com";

export async function growTenantAlerts(tx: Tx, { workspaceId, userId, agentId }: Tenant): Promise<void> {
  const at = new Date();
  const over = { raisedAt: at, calmSince: at, resolvedAt: at };
  const facts = JSON.stringify({ calls: 40, failedCalls: 10 });
  await tx
    .insertInto("alerts")
    .values({ id: `alr_${ulid()}`, workspaceId, agentId, rule: "error_rate", facts, ...over })
    .execute();
  const asked = { byMail: true, thresholdPercent: 20, callsMin: 20, setBy: userId, setAt: at };
  await tx
    .insertInto("alertSettings")
    .values({ workspaceId, rule: "error_rate", ...asked })
    .execute();
  await growWebhook(tx, { workspaceId, userId, at });
}

async function growWebhook(
  tx: Tx,
  { workspaceId, userId, at }: { workspaceId: string; userId: string; at: Date },
): Promise<void> {
  const endpointId = `whe_${ulid()}`;
  await tx.insertInto("webhookHosts").values({ workspaceId, host, approvedBy: userId, approvedAt: at }).execute();
  const off = { disabledAt: at, disabledReason: "by_hand", failingSince: null, lastDeliveredAt: at } as const;
  await tx
    .insertInto("webhookEndpoints")
    .values({
      id: endpointId,
      workspaceId,
      kind: "signed",
      url: `https://${host}/…`,
      // Sealed by nobody, as its secret: it is off, and nothing is sent there.
      sealedUrl: Buffer.alloc(64),
      host,
      description: "Incident channel",
      events: ["budget.reached"],
      createdBy: userId,
      createdAt: at,
      ...off,
    })
    .execute();
  // Sealed by nobody: it opens nothing.
  const secret = { sealedSecret: Buffer.alloc(64), hint: "whsec_seed", createdBy: userId, createdAt: at };
  await tx
    .insertInto("webhookSecrets")
    .values({ id: `wsc_${ulid()}`, workspaceId, endpointId, ...secret })
    .execute();
  await growDelivery(tx, { workspaceId, endpointId, at });
}

async function growDelivery(tx: Tx, { at, ...of }: { workspaceId: string; endpointId: string; at: Date }): Promise<void> {
  const outcome = {
    status: "delivered",
    attempts: 1,
    nextAttemptAt: null,
    trouble: null,
    answeredStatus: 204,
    tookMs: 80,
  } as const;
  await tx
    .insertInto("webhookDeliveries")
    .values({
      id: `whd_${ulid()}`,
      ...of,
      eventId: `msg_${ulid()}`,
      eventType: "webhook.test",
      payload: "{}",
      ...outcome,
      replayOf: null,
      createdAt: at,
      settledAt: at,
    })
    .execute();
}
