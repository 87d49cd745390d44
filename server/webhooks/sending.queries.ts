// Deliveries of webhooks as the worker takes, sends and settles them, and the endpoints that they go to.
import { type Insertable, sql } from "kysely";
import type { Db } from "~/db/client";
import type { DeliveryTrouble, OffReason, SlackWord, WebhookDeliveriesTable, WebhookEvent } from "~/db/tables/webhooks";

/** Endpoints of the workspace that are on and asked for this event. */
export function listSubscribersAcrossWorkspaces(db: Db, workspaceId: string, event: WebhookEvent, limit: number) {
  return db
    .selectFrom("webhookEndpoints")
    .select("id")
    .where("workspaceId", "=", workspaceId)
    .where("disabledAt", "is", null)
    .where(sql<boolean>`${event} = any (events)`)
    .orderBy("id")
    .limit(limit)
    .execute();
}

export async function insertDeliveriesAcrossWorkspaces(db: Db, rows: Insertable<WebhookDeliveriesTable>[]): Promise<void> {
  await db.insertInto("webhookDeliveries").values(rows).execute();
}

/** Of each workspace the first `ofOneMax`: many that wait for one do not hide those of others. */
export function listDueDeliveriesAcrossWorkspaces(db: Db, due: { now: Date; ofOneMax: number; limit: number }) {
  const ranked = db
    .selectFrom("webhookDeliveries")
    .select(["id", "nextAttemptAt"])
    .select(sql<number>`row_number() over (partition by workspace_id order by next_attempt_at)`.as("place"))
    .where("status", "=", "queued")
    .where("nextAttemptAt", "<=", due.now);
  return db
    .selectFrom(ranked.as("ranked"))
    .select("id")
    .where("place", "<=", due.ofOneMax)
    .orderBy("nextAttemptAt")
    .limit(due.limit)
    .execute();
}

/** Whose it is; null when it is not due. */
export async function findDueWorkspaceAcrossWorkspaces(db: Db, of: { deliveryId: string; now: Date }): Promise<string | null> {
  const row = await db
    .selectFrom("webhookDeliveries")
    .select("workspaceId")
    .where("id", "=", of.deliveryId)
    .where("status", "=", "queued")
    .where("nextAttemptAt", "<=", of.now)
    .executeTakeFirst();
  return row?.workspaceId ?? null;
}

/** Takes the delivery's turn: of several at once only one finds it due, the others' `nextAttemptAt` lies ahead by then. */
export function claimDeliveryIfDueAcrossWorkspaces(db: Db, claim: { deliveryId: string; now: Date; leasedUntil: Date }) {
  return db
    .updateTable("webhookDeliveries")
    .set((row) => ({ attempts: row("attempts", "+", 1), nextAttemptAt: claim.leasedUntil }))
    .where("id", "=", claim.deliveryId)
    .where("status", "=", "queued")
    .where("nextAttemptAt", "<=", claim.now)
    .returning(["id", "workspaceId", "endpointId", "eventId", "payload", "attempts"])
    .executeTakeFirst();
}

/** Where it goes, and whether it still may. */
export function findTargetAcrossWorkspaces(db: Db, of: { workspaceId: string; endpointId: string }) {
  return db
    .selectFrom("webhookEndpoints as e")
    .innerJoin("workspaces as w", "w.id", "e.workspaceId")
    .select(["e.kind", "e.url", "e.sealedUrl", "e.disabledAt", "e.failingSince"])
    .select(["w.name as workspaceName", "w.disabledAt as workspaceDisabledAt"])
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom("webhookHosts as h")
          .select("h.host")
          .whereRef("h.workspaceId", "=", "e.workspaceId")
          .whereRef("h.host", "=", "e.host"),
      )
        .$castTo<boolean>()
        .as("isApproved"),
    )
    .where("e.workspaceId", "=", of.workspaceId)
    .where("e.id", "=", of.endpointId)
    .executeTakeFirst();
}

/** Of the release before. */
export function listPlainAddressesAcrossWorkspaces(db: Db, limit: number) {
  return db
    .selectFrom("webhookEndpoints")
    .select(["id", "workspaceId", "url"])
    .where("sealedUrl", "is", null)
    .orderBy("id")
    .limit(limit)
    .execute();
}

export async function setAddressSealedIfPlainAcrossWorkspaces(
  db: Db,
  of: { workspaceId: string; endpointId: string; plain: string; masked: string; sealedUrl: Buffer },
): Promise<boolean> {
  const done = await db
    .updateTable("webhookEndpoints")
    .set({ url: of.masked, sealedUrl: of.sealedUrl })
    .where("workspaceId", "=", of.workspaceId)
    .where("id", "=", of.endpointId)
    .where("url", "=", of.plain)
    .where("sealedUrl", "is", null)
    .returning("id")
    .executeTakeFirst();
  return done !== undefined;
}

export function listSealedOfEndpointAcrossWorkspaces(db: Db, of: { workspaceId: string; endpointId: string; limit: number }) {
  return db
    .selectFrom("webhookSecrets")
    .select(["id as secretId", "sealedSecret"])
    .where("workspaceId", "=", of.workspaceId)
    .where("endpointId", "=", of.endpointId)
    .orderBy("id", "desc")
    .limit(of.limit)
    .execute();
}

type Claim = { id: string; attempts: number };
export type Answered = { answeredStatus: number | null; answeredWord: SlackWord | null; tookMs: number };

/** Only by whoever took its last turn. */
export async function setDeliveredIfClaimedAcrossWorkspaces(db: Db, claim: Claim, said: Answered & { at: Date }) {
  const { at, ...answer } = said;
  await db
    .updateTable("webhookDeliveries")
    .set({ ...answer, status: "delivered", trouble: null, nextAttemptAt: null, settledAt: at })
    .where("id", "=", claim.id)
    .where("status", "=", "queued")
    .where("attempts", "=", claim.attempts)
    .execute();
}

/** Another try at `nextAttemptAt`; null gives it up. */
export async function setTroubledIfClaimedAcrossWorkspaces(
  db: Db,
  claim: Claim,
  said: Answered & { at: Date; trouble: DeliveryTrouble; nextAttemptAt: Date | null },
): Promise<void> {
  const { at, ...trouble } = said;
  await db
    .updateTable("webhookDeliveries")
    .set({ ...trouble, status: said.nextAttemptAt ? "queued" : "failed", settledAt: said.nextAttemptAt ? null : at })
    .where("id", "=", claim.id)
    .where("status", "=", "queued")
    .where("attempts", "=", claim.attempts)
    .execute();
}

export async function setEndpointWorkingAcrossWorkspaces(
  db: Db,
  of: { workspaceId: string; endpointId: string; at: Date },
): Promise<void> {
  await db
    .updateTable("webhookEndpoints")
    .set({ lastDeliveredAt: of.at, failingSince: null })
    .where("workspaceId", "=", of.workspaceId)
    .where("id", "=", of.endpointId)
    .execute();
}

/** The first of the failures stays. Answers since when it fails. */
export function setEndpointFailingAcrossWorkspaces(db: Db, of: { workspaceId: string; endpointId: string; at: Date }) {
  return db
    .updateTable("webhookEndpoints")
    .set({ failingSince: sql<Date>`coalesce(failing_since, ${of.at})` })
    .where("workspaceId", "=", of.workspaceId)
    .where("id", "=", of.endpointId)
    .returning("failingSince")
    .executeTakeFirst();
}

/** Of several at once one switches it off. */
export function setEndpointOffIfOnAcrossWorkspaces(
  db: Db,
  of: { workspaceId: string; endpointId: string; at: Date; reason: OffReason },
) {
  return db
    .updateTable("webhookEndpoints")
    .set({ disabledAt: of.at, disabledReason: of.reason })
    .where("workspaceId", "=", of.workspaceId)
    .where("id", "=", of.endpointId)
    .where("disabledAt", "is", null)
    .returning(["id", "kind", "host"])
    .executeTakeFirst();
}

export async function deleteDeliveriesBeforeAcrossWorkspaces(db: Db, before: Date): Promise<void> {
  await db.deleteFrom("webhookDeliveries").where("createdAt", "<", before).execute();
}

/** Owners and admins who may be written to. */
export function listWebhookReadersAcrossWorkspaces(db: Db, workspaceId: string, limit: number) {
  return db
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.userId")
    .select(["users.email", "users.displayName"])
    .where("memberships.workspaceId", "=", workspaceId)
    .where("memberships.role", "in", ["owner", "admin"])
    .where("users.emailVerifiedAt", "is not", null)
    .where("users.disabledAt", "is", null)
    .orderBy("users.id")
    .limit(limit)
    .execute();
}
