// Webhooks over tRPC and REST: approved hosts, endpoints, their secrets, and what was sent.
import { router } from "~/server/trpc/init";
import { provenWorkspaceProcedure, workspaceProcedure } from "~/server/trpc/procedures";
import { Done, pageOf } from "~/server/zod-shapes";
import { addWebhookSecret } from "./add-webhook-secret";
import { approveHost } from "./approve-host";
import { changeWebhook } from "./change-webhook";
import { createSlackWebhook } from "./create-slack-webhook";
import { createWebhook } from "./create-webhook";
import { getWebhook } from "./get-webhook";
import { listDeliveries } from "./list-deliveries";
import { listWebhooks } from "./list-webhooks";
import { removeWebhook } from "./remove-webhook";
import { removeWebhookSecret } from "./remove-webhook-secret";
import { replayDelivery } from "./replay-delivery";
import { switchWebhook } from "./switch-webhook";
import { testWebhook } from "./test-webhook";
import {
  ChangeWebhookInput,
  CreatedSlackWebhook,
  CreatedWebhook,
  CreatedWebhookSecret,
  CreateWebhookInput,
  DeliveryBegun,
  DeliveryIdInput,
  DeliveryItem,
  ListDeliveriesInput,
  SwitchWebhookInput,
  WebhookHostInput,
  WebhookIdInput,
  WebhookItem,
  WebhookSecretInput,
  Webhooks,
} from "./webhooks.contract";
import { withdrawHost } from "./withdraw-host";

const tags = ["Webhooks"];
const one = "/webhooks/{endpointId}";
const get = (path: `/${string}`, summary: string) => ({ openapi: { method: "GET" as const, path, summary, tags } });
const post = (path: `/${string}`, summary: string) => ({ openapi: { method: "POST" as const, path, summary, tags } });
const drop = (path: `/${string}`, summary: string) => ({ openapi: { method: "DELETE" as const, path, summary, tags } });

export const webhooksRouter = router({
  list: workspaceProcedure("integration.read")
    .meta(get("/webhooks", "List the webhooks and the hosts that are approved for them"))
    .output(Webhooks)
    .query(({ ctx }) => listWebhooks(ctx.services, ctx.scope)),
  get: workspaceProcedure("integration.read")
    .meta(get(one, "Read one webhook"))
    .input(WebhookIdInput)
    .output(WebhookItem)
    .query(({ ctx, input }) => getWebhook(ctx.services, ctx.scope, input)),
  create: workspaceProcedure("integration.configure")
    .meta(post("/webhooks", "Make a webhook at an approved host; its secret is shown this once"))
    .input(CreateWebhookInput)
    .output(CreatedWebhook)
    .mutation(({ ctx, input }) => createWebhook(ctx.services, ctx.scope, input)),
  createSlack: workspaceProcedure("integration.configure")
    .meta(post("/webhooks/slack", "Add a Slack channel by the address of its incoming webhook, which is never shown again"))
    .input(CreateWebhookInput)
    .output(CreatedSlackWebhook)
    .mutation(({ ctx, input }) => createSlackWebhook(ctx.services, ctx.scope, input)),
  change: workspaceProcedure("integration.configure")
    .meta({ openapi: { method: "PATCH", path: one, summary: "Change which events a webhook gets", tags } })
    .input(ChangeWebhookInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await changeWebhook(ctx.services, ctx.scope, input);
      return { done: true };
    }),
  switch: workspaceProcedure("integration.configure")
    .meta(post(`${one}/switch`, "Switch a webhook on or off"))
    .input(SwitchWebhookInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await switchWebhook(ctx.services, ctx.scope, input);
      return { done: true };
    }),
  remove: workspaceProcedure("integration.configure")
    .meta(drop(one, "Remove a webhook, its secrets and its delivery log"))
    .input(WebhookIdInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await removeWebhook(ctx.services, ctx.scope, input);
      return { done: true };
    }),
  addSecret: provenWorkspaceProcedure("integration.configure")
    .meta(post(`${one}/secrets`, "Make one more secret of a webhook; it is shown this once"))
    .input(WebhookIdInput)
    .output(CreatedWebhookSecret)
    .mutation(({ ctx, input }) => addWebhookSecret(ctx.services, ctx.scope, input)),
  removeSecret: workspaceProcedure("integration.configure")
    .meta(drop(`${one}/secrets/{secretId}`, "Remove a secret of a webhook"))
    .input(WebhookSecretInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await removeWebhookSecret(ctx.services, ctx.scope, input);
      return { done: true };
    }),
  test: workspaceProcedure("integration.configure")
    .meta(post(`${one}/test`, "Send a webhook a test event"))
    .input(WebhookIdInput)
    .output(DeliveryBegun)
    .mutation(({ ctx, input }) => testWebhook(ctx.services, ctx.scope, input)),
  deliveries: workspaceProcedure("integration.read")
    .meta(get(`${one}/deliveries`, "List what was sent to a webhook in the last 30 days"))
    .input(ListDeliveriesInput)
    .output(pageOf(DeliveryItem))
    .query(({ ctx, input }) => listDeliveries(ctx.services, ctx.scope, input)),
  replay: workspaceProcedure("integration.configure")
    .meta(post("/webhook-deliveries/{deliveryId}/replay", "Send an event once more"))
    .input(DeliveryIdInput)
    .output(DeliveryBegun)
    .mutation(({ ctx, input }) => replayDelivery(ctx.services, ctx.scope, input)),
  approveHost: provenWorkspaceProcedure("workspace.configure")
    .meta(post("/webhook-hosts", "Approve a host for webhooks"))
    .input(WebhookHostInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await approveHost(ctx.services, ctx.scope, input);
      return { done: true };
    }),
  withdrawHost: workspaceProcedure("workspace.configure")
    .meta(drop("/webhook-hosts/{host}", "Withdraw a host; webhooks there are switched off"))
    .input(WebhookHostInput)
    .output(Done)
    .mutation(async ({ ctx, input }) => {
      await withdrawHost(ctx.services, ctx.scope, input);
      return { done: true };
    }),
});
