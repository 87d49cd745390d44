// Webhooks of a workspace: hosts that an admin approved, endpoints, the secrets they are signed with, and what was sent (MISSION G7, I4, I5).
import type { ColumnClasses } from "./classes";

/** What an endpoint may ask for. `webhook.test` is sent on request, whatever was chosen. */
export const webhookEvents = [
  "agent.error_rate.raised",
  "agent.error_rate.resolved",
  "deployment.failed",
  "deployment.recovered",
  "telemetry.dropped",
  "budget.reached",
  "runtime.down",
  "runtime.up",
] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** `signed`: a receiver of the workspace's own, as Standard Webhooks says. `slack`: an incoming webhook of Slack, whose address is the secret. */
export const webhookKinds = ["signed", "slack"] as const;
export type WebhookKind = (typeof webhookKinds)[number];

export const offReasons = ["by_hand", "failing", "gone", "host_withdrawn"] as const;
export type OffReason = (typeof offReasons)[number];

export const deliveryStatuses = ["queued", "delivered", "failed"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** Why the last try of a delivery brought nothing. */
export const deliveryTroubles = [
  "address_refused",
  "name_unknown",
  "timed_out",
  "too_large",
  "connection_failed",
  "redirected",
  "refused_by_receiver",
  "host_not_approved",
  "switched_off",
  "unanswered",
] as const;
export type DeliveryTrouble = (typeof deliveryTroubles)[number];

/** What Slack says when it takes no message, as its documents list it: nothing else of an answer is kept. */
export const slackWords = [
  "invalid_payload",
  "invalid_blocks",
  "no_text",
  "channel_not_found",
  "channel_is_archived",
  "action_prohibited",
  "posting_to_general_channel_denied",
  "no_service",
  "no_service_id",
  "no_active_hooks",
  "no_team",
  "team_disabled",
  "invalid_token",
  "rate_limited",
  "rollup_error",
] as const;
export type SlackWord = (typeof slackWords)[number];

export type WebhookHostsTable = {
  workspaceId: string;
  /** As in the address, with its port when that is not 443. */
  host: string;
  approvedBy: string;
  approvedAt: Date;
};

export const webhookHostsColumns: ColumnClasses<WebhookHostsTable> = {
  workspaceId: "metadata",
  host: "metadata",
  approvedBy: "metadata",
  approvedAt: "metadata",
};

export type WebhookEndpointsTable = {
  id: string;
  workspaceId: string;
  kind: WebhookKind;
  /** Masked, once `sealedUrl` is there; it was in plain before. */
  url: string;
  sealedUrl: Buffer | null;
  host: string;
  description: string;
  events: WebhookEvent[];
  createdBy: string;
  createdAt: Date;
  disabledAt: Date | null;
  disabledReason: OffReason | null;
  /** When the first of the tries failed that have brought nothing since. */
  failingSince: Date | null;
  lastDeliveredAt: Date | null;
};

export const webhookEndpointsColumns: ColumnClasses<WebhookEndpointsTable> = {
  id: "metadata",
  workspaceId: "metadata",
  kind: "metadata",
  url: "metadata",
  sealedUrl: "sensitive",
  host: "metadata",
  description: "metadata",
  events: "metadata",
  createdBy: "metadata",
  createdAt: "metadata",
  disabledAt: "metadata",
  disabledReason: "metadata",
  failingSince: "metadata",
  lastDeliveredAt: "metadata",
};

export type WebhookSecretsTable = {
  id: string;
  workspaceId: string;
  endpointId: string;
  sealedSecret: Buffer;
  /** The first characters, enough to tell it from the others. */
  hint: string;
  createdBy: string;
  createdAt: Date;
};

export const webhookSecretsColumns: ColumnClasses<WebhookSecretsTable> = {
  id: "metadata",
  workspaceId: "metadata",
  endpointId: "metadata",
  sealedSecret: "sensitive",
  hint: "metadata",
  createdBy: "metadata",
  createdAt: "metadata",
};

export type WebhookDeliveriesTable = {
  id: string;
  workspaceId: string;
  endpointId: string;
  /** The same for every try, replay and endpoint: receivers tell repeats by it. */
  eventId: string;
  eventType: WebhookEvent | "webhook.test";
  /** The very text that is signed, and what a message to Slack is written from: ids, names and counts, no content. */
  payload: string;
  status: DeliveryStatus;
  attempts: number;
  /** Null once it is settled. */
  nextAttemptAt: Date | null;
  trouble: DeliveryTrouble | null;
  /** What the receiver answered last. */
  answeredStatus: number | null;
  /** Slack's word for it, of those known here. */
  answeredWord: SlackWord | null;
  tookMs: number | null;
  /** The delivery that this one repeats. */
  replayOf: string | null;
  createdAt: Date;
  settledAt: Date | null;
};

export const webhookDeliveriesColumns: ColumnClasses<WebhookDeliveriesTable> = {
  id: "metadata",
  workspaceId: "metadata",
  endpointId: "metadata",
  eventId: "metadata",
  eventType: "metadata",
  payload: "metadata",
  status: "metadata",
  attempts: "metadata",
  nextAttemptAt: "metadata",
  trouble: "metadata",
  answeredStatus: "metadata",
  answeredWord: "metadata",
  tookMs: "metadata",
  replayOf: "metadata",
  createdAt: "metadata",
  settledAt: "metadata",
};
