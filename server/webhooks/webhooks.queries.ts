// Endpoints of webhooks and their secrets; what is sealed is read by the delivery alone.
import type { Insertable } from "kysely";
import type { OffReason, WebhookEndpointsTable, WebhookEvent, WebhookSecretsTable } from "~/db/tables/webhooks";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";

/** Whoever makes one more of something holds this lock, so that limits hold exactly. */
export function lockWorkspaceOfWebhooks(tx: Tx, scope: WorkspaceScope) {
  return tx.selectFrom("workspaces").select("id").where("id", "=", scope.workspaceId).forUpdate().executeTakeFirst();
}

const endpointColumns = [
  "id as endpointId",
  "kind",
  "url",
  "host",
  "description",
  "events",
  "createdAt",
  "disabledAt",
  "disabledReason",
  "failingSince",
  "lastDeliveredAt",
] as const;

export function listEndpoints(tx: Tx, scope: WorkspaceScope, limit: number) {
  return tx
    .selectFrom("webhookEndpoints")
    .select(endpointColumns)
    .where("workspaceId", "=", scope.workspaceId)
    .orderBy("id")
    .limit(limit)
    .execute();
}

export function findEndpoint(tx: Tx, scope: WorkspaceScope, endpointId: string) {
  return tx
    .selectFrom("webhookEndpoints")
    .select(endpointColumns)
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", endpointId)
    .executeTakeFirst();
}

/** Of each kind how many are on. */
export function countEndpointsOn(tx: Tx, scope: WorkspaceScope) {
  return tx
    .selectFrom("webhookEndpoints")
    .select(["kind", ({ fn }) => fn.countAll<string>().as("count")])
    .where("workspaceId", "=", scope.workspaceId)
    .where("disabledAt", "is", null)
    .groupBy("kind")
    .limit(10)
    .execute();
}

export async function insertEndpoint(
  tx: Tx,
  scope: WorkspaceScope,
  row: Omit<Insertable<WebhookEndpointsTable>, "workspaceId">,
): Promise<void> {
  await tx
    .insertInto("webhookEndpoints")
    .values({ ...row, workspaceId: scope.workspaceId })
    .execute();
}

export async function setEndpointWords(
  tx: Tx,
  scope: WorkspaceScope,
  of: { endpointId: string; description: string; events: WebhookEvent[] },
): Promise<boolean> {
  const changed = await tx
    .updateTable("webhookEndpoints")
    .set({ description: of.description, events: of.events })
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", of.endpointId)
    .returning("id")
    .executeTakeFirst();
  return changed !== undefined;
}

/** On again, it begins anew: what failed before does not count. */
export async function setEndpointSwitch(
  tx: Tx,
  scope: WorkspaceScope,
  of: { endpointId: string; off: { at: Date; reason: OffReason } | null },
): Promise<void> {
  const state = of.off
    ? { disabledAt: of.off.at, disabledReason: of.off.reason }
    : { disabledAt: null, disabledReason: null, failingSince: null };
  await tx
    .updateTable("webhookEndpoints")
    .set(state)
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", of.endpointId)
    .execute();
}

export function deleteEndpoint(tx: Tx, scope: WorkspaceScope, endpointId: string) {
  return tx
    .deleteFrom("webhookEndpoints")
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", endpointId)
    .returning("host")
    .executeTakeFirst();
}

export async function insertSecret(
  tx: Tx,
  scope: WorkspaceScope,
  row: Omit<Insertable<WebhookSecretsTable>, "workspaceId">,
): Promise<void> {
  await tx
    .insertInto("webhookSecrets")
    .values({ ...row, workspaceId: scope.workspaceId })
    .execute();
}

/** Newest first; ids sort by time. Of all endpoints, or of one. */
export function listSecrets(tx: Tx, scope: WorkspaceScope, asked: { endpointId: string | null; limit: number }) {
  return tx
    .selectFrom("webhookSecrets")
    .select(["id as secretId", "endpointId", "hint", "createdAt"])
    .where("workspaceId", "=", scope.workspaceId)
    .$if(asked.endpointId !== null, (query) => query.where("endpointId", "=", asked.endpointId ?? ""))
    .orderBy("id", "desc")
    .limit(asked.limit)
    .execute();
}

export function deleteSecret(tx: Tx, scope: WorkspaceScope, of: { endpointId: string; secretId: string }) {
  return tx
    .deleteFrom("webhookSecrets")
    .where("workspaceId", "=", scope.workspaceId)
    .where("endpointId", "=", of.endpointId)
    .where("id", "=", of.secretId)
    .returning("hint")
    .executeTakeFirst();
}
