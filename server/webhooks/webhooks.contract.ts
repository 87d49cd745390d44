// The words of webhooks, shared with the browser. A secret is in one answer only: the one that made it.
import { z } from "zod";
import { deliveryStatuses, deliveryTroubles, offReasons, slackWords, webhookEvents, webhookKinds } from "~/db/tables/webhooks";
import { Moment, PageQuery } from "~/server/zod-shapes";

const Id = z.string().max(40);
const Url = z.string().trim().min(1, "Write the address that events are sent to.").max(500);
const Host = z.string().trim().toLowerCase().min(1, "Write a host, such as hooks.example.com.").max(260);
const Description = z.string().trim().max(200).default("");
const Events = z
  .array(z.enum(webhookEvents))
  .min(1, "Choose at least one event.")
  .max(webhookEvents.length)
  .transform((events) => [...new Set(events)]);

export const WebhookSecretItem = z.object({ secretId: z.string(), hint: z.string(), createdAt: Moment });
export type WebhookSecretItem = z.infer<typeof WebhookSecretItem>;

export const WebhookItem = z.object({
  endpointId: z.string(),
  kind: z.enum(webhookKinds),
  url: z.string(),
  host: z.string(),
  isHostApproved: z.boolean(),
  description: z.string(),
  events: z.array(z.enum(webhookEvents)),
  createdAt: Moment,
  isOn: z.boolean(),
  /** Why it is off; null while it is on. */
  offReason: z.enum(offReasons).nullable(),
  offSince: Moment.nullable(),
  failingSince: Moment.nullable(),
  lastDeliveredAt: Moment.nullable(),
  /** None where the address is the secret. */
  secrets: z.array(WebhookSecretItem),
});
export type WebhookItem = z.infer<typeof WebhookItem>;

export const WebhookHostItem = z.object({ host: z.string(), approvedAt: Moment });
export type WebhookHostItem = z.infer<typeof WebhookHostItem>;

export const Webhooks = z.object({
  hosts: z.array(WebhookHostItem),
  items: z.array(WebhookItem),
  /** Where addresses of Slack are; one of these is approved before a channel is added. */
  slackHosts: z.array(z.string()),
});
export type Webhooks = z.infer<typeof Webhooks>;

export const CreateWebhookInput = z.object({ url: Url, description: Description, events: Events });
export type CreateWebhookInput = z.infer<typeof CreateWebhookInput>;

export const CreatedWebhook = z.object({ endpointId: z.string(), secretId: z.string(), hint: z.string(), secret: z.string() });
export type CreatedWebhook = z.infer<typeof CreatedWebhook>;

/** Without a secret: whoever made it holds the address, which is in no answer. */
export const CreatedSlackWebhook = z.object({ endpointId: z.string() });
export type CreatedSlackWebhook = z.infer<typeof CreatedSlackWebhook>;

export const WebhookIdInput = z.object({ endpointId: Id });
export type WebhookIdInput = z.infer<typeof WebhookIdInput>;

export const ChangeWebhookInput = WebhookIdInput.extend({ description: Description, events: Events });
export type ChangeWebhookInput = z.infer<typeof ChangeWebhookInput>;

export const SwitchWebhookInput = WebhookIdInput.extend({ isOn: z.boolean() });
export type SwitchWebhookInput = z.infer<typeof SwitchWebhookInput>;

export const WebhookSecretInput = WebhookIdInput.extend({ secretId: Id });
export type WebhookSecretInput = z.infer<typeof WebhookSecretInput>;

export const CreatedWebhookSecret = WebhookSecretItem.extend({ secret: z.string() });
export type CreatedWebhookSecret = z.infer<typeof CreatedWebhookSecret>;

export const WebhookHostInput = z.object({ host: Host });
export type WebhookHostInput = z.infer<typeof WebhookHostInput>;

export const DeliveryItem = z.object({
  deliveryId: z.string(),
  eventId: z.string(),
  eventType: z.string(),
  payload: z.string(),
  status: z.enum(deliveryStatuses),
  attempts: z.number(),
  nextAttemptAt: Moment.nullable(),
  trouble: z.enum(deliveryTroubles).nullable(),
  answeredStatus: z.number().nullable(),
  /** What Slack called it, where it was Slack. */
  answeredWord: z.enum(slackWords).nullable(),
  tookMs: z.number().nullable(),
  isReplay: z.boolean(),
  createdAt: Moment,
});
export type DeliveryItem = z.infer<typeof DeliveryItem>;

export const ListDeliveriesInput = WebhookIdInput.extend(PageQuery.shape);
export type ListDeliveriesInput = z.infer<typeof ListDeliveriesInput>;

export const DeliveryIdInput = z.object({ deliveryId: Id });
export type DeliveryIdInput = z.infer<typeof DeliveryIdInput>;

export const DeliveryBegun = z.object({ deliveryId: z.string() });
export type DeliveryBegun = z.infer<typeof DeliveryBegun>;
