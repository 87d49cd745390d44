// Rows of the isolation walk: of alerts and webhooks.
import { grownHost, walkedSlackHost } from "./named-ids";
import type { ProcedureRow } from "./procedure-row";

const none = () => undefined;

export const alertRows: Readonly<Record<string, ProcedureRow>> = {
  "alerts.read": { who: "usage.read", input: none },
  "alerts.configure": {
    who: "workspace.configure",
    input: () => ({
      errorRate: { byMail: true, thresholdPercent: 10, callsMin: 20 },
      deploymentFailed: { byMail: true },
    }),
  },
  "webhooks.list": { who: "integration.read", input: none },
  "webhooks.get": { who: "integration.read", names: ["webhookId"], input: ({ webhookId }) => ({ endpointId: webhookId }) },
  "webhooks.create": {
    who: "integration.configure",
    input: () => ({ url: `https://${grownHost}/another`, events: ["budget.reached"] }),
  },
  "webhooks.createSlack": {
    who: "integration.configure",
    input: () => ({
      url: `https://${walkedSlackHost}/services/T0WALKED/B0WALKED/walkedwalkedwalked`,
      events: ["budget.reached"],
    }),
  },
  "webhooks.change": {
    who: "integration.configure",
    names: ["webhookId"],
    input: ({ webhookId }) => ({ endpointId: webhookId, events: ["deployment.failed"] }),
  },
  "webhooks.switch": {
    who: "integration.configure",
    names: ["webhookId"],
    input: ({ webhookId }) => ({ endpointId: webhookId, isOn: false }),
  },
  "webhooks.remove": {
    who: "integration.configure",
    names: ["webhookId"],
    input: ({ webhookId }) => ({ endpointId: webhookId }),
  },
  "webhooks.addSecret": {
    who: "integration.configure",
    proven: true,
    names: ["webhookId"],
    input: ({ webhookId }) => ({ endpointId: webhookId }),
  },
  "webhooks.removeSecret": {
    who: "integration.configure",
    names: ["webhookId", "webhookSecretId"],
    input: ({ webhookId, webhookSecretId }) => ({ endpointId: webhookId, secretId: webhookSecretId }),
  },
  "webhooks.test": {
    who: "integration.configure",
    names: ["webhookId"],
    input: ({ webhookId }) => ({ endpointId: webhookId }),
  },
  "webhooks.deliveries": {
    who: "integration.read",
    names: ["webhookId"],
    input: ({ webhookId }) => ({ endpointId: webhookId }),
  },
  "webhooks.replay": { who: "integration.configure", names: ["deliveryId"], input: ({ deliveryId }) => ({ deliveryId }) },
  "webhooks.approveHost": {
    who: "workspace.configure",
    proven: true,
    input: () => ({ host: "another.example.test" }),
  },
  "webhooks.withdrawHost": { who: "workspace.configure", input: () => ({ host: grownHost }) },
};
