// What happens when a job's bell rings: one verb each.
import process from "node:process";
import { grantLetterWish } from "~/server/accounts/grant-letter-wish";
import { sweepAccounts } from "~/server/accounts/sweep-accounts";
import { sweepLetterWishes } from "~/server/accounts/sweep-letter-wishes";
import { sweepIncidents } from "~/server/admin/sweep-incidents";
import { sweepAlerts } from "~/server/alerts/sweep-alerts";
import { sweepKeyLeaks } from "~/server/api-keys/sweep-key-leaks";
import { tellKeyLeak } from "~/server/api-keys/tell-key-leak";
import { sweepAudit } from "~/server/audit/sweep-audit";
import { sweepNonces } from "~/server/auth/sweep-nonces";
import { settleEvent } from "~/server/billing/settle-event";
import { sweepBilling } from "~/server/billing/sweep-billing";
import { sweepSpend } from "~/server/billing/sweep-spend";
import { recountBudgets } from "~/server/budgets/recount-budgets";
import { tellOfBudgets } from "~/server/budgets/tell-of-budgets";
import { sweepIncoming } from "~/server/bundles/sweep-incoming";
import { sweepUploads } from "~/server/bundles/sweep-uploads";
import { clampKeeping } from "~/server/conversations/clamp-keeping";
import { sweepConversations } from "~/server/conversations/sweep-conversations";
import { purgeAgent } from "~/server/deployments/purge-agent";
import { runDeployment } from "~/server/deployments/run-deployment";
import { sweepDeploymentLogs } from "~/server/deployments/sweep-deployment-logs";
import { sweepDeployments } from "~/server/deployments/sweep-deployments";
import { sweepVersions } from "~/server/deployments/sweep-versions";
import { sweepIdempotencyKeys } from "~/server/idempotency/sweep-idempotency-keys";
import { settleAssumedCalls } from "~/server/invocations/settle-assumed-calls";
import { settleLostLeases } from "~/server/invocations/settle-lost-leases";
import { sweepInvocations } from "~/server/invocations/sweep-invocations";
import { sweepLogs } from "~/server/logs/sweep-logs";
import { sweepPrinted } from "~/server/logs/sweep-printed";
import { deliverMail } from "~/server/mail/deliver-mail";
import { sweepMails } from "~/server/mail/sweep-mails";
import { runReseal } from "~/server/rotation/run-reseal";
import { runRotation } from "~/server/rotation/run-rotation";
import { sweepRotations } from "~/server/rotation/sweep-rotations";
import { sweepPlacements } from "~/server/runtimes/sweep-placements";
import { sweepRuntimes } from "~/server/runtimes/sweep-runtimes";
import { refreshSecrets } from "~/server/secrets/refresh-secrets";
import { sweepSecretExpiry } from "~/server/secrets/sweep-secret-expiry";
import { sweepSecretRefreshes } from "~/server/secrets/sweep-secret-refreshes";
import type { Services } from "~/server/services";
import { sweepDrops } from "~/server/telemetry/sweep-drops";
import { sweepTelemetry } from "~/server/telemetry/sweep-telemetry";
import { sweepUsage } from "~/server/telemetry/sweep-usage";
import { deliverWebhook } from "~/server/webhooks/deliver-webhook";
import { sealPlainAddresses } from "~/server/webhooks/seal-plain-addresses";
import { sweepWebhooks } from "~/server/webhooks/sweep-webhooks";
import type { JobName, PayloadOf } from "./catalog";

/** `draining` is aborted when this process is about to end: hand over what you can, and reject. */
export type JobHandler<Payload> = (services: Services, payload: Payload, draining: AbortSignal) => Promise<void>;
export type Handlers = { [Name in JobName]: JobHandler<PayloadOf<Name>> };

export const handlers: Handlers = {
  "accounts-sweep": async (services) => {
    await sweepAccounts(services);
  },
  "agent-purge": (services, payload) => purgeAgent(services, payload),
  "alerts-sweep": (services) => sweepAlerts(services),
  "audit-sweep": async (services) => {
    await sweepAudit(services);
  },
  "billing-event": (services, payload) => settleEvent(services, payload),
  "billing-sweep": (services) => sweepBilling(services),
  "spend-sweep": (services) => sweepSpend(services),
  "budgets-sweep": async (services) => {
    await settleLostLeases(services, process.uptime() * 1_000);
    await settleAssumedCalls(services, "soon");
    await tellOfBudgets(services);
  },
  "budget-recounts-sweep": async (services) => {
    await settleAssumedCalls(services, "all");
    await recountBudgets(services);
  },
  "bundles-sweep": async (services) => {
    await sweepIncoming(services);
    await sweepUploads(services);
  },
  "conversations-sweep": async (services) => {
    await clampKeeping(services);
    await sweepConversations(services);
  },
  "deployment-run": (services, payload, draining) => runDeployment(services, payload, { draining }),
  "deployment-logs-sweep": async (services) => {
    await sweepDeploymentLogs(services);
  },
  "deployments-sweep": (services) => sweepDeployments(services),
  "idempotency-sweep": async (services) => {
    await sweepIdempotencyKeys(services);
    await sweepNonces(services);
  },
  "incidents-sweep": (services) => sweepIncidents(services),
  "invocations-sweep": async (services) => {
    await sweepInvocations(services);
  },
  "letter-wish-grant": (services, payload) => grantLetterWish(services, payload),
  "letter-wishes-sweep": (services) => sweepLetterWishes(services),
  "mail-deliver": (services, payload) => deliverMail(services, payload),
  "key-leak-tell": (services, payload) => tellKeyLeak(services, payload),
  "key-leaks-sweep": (services) => sweepKeyLeaks(services),
  "logs-sweep": async (services) => {
    await sweepLogs(services);
  },
  "printed-sweep": async (services) => {
    await sweepPrinted(services);
  },
  "mails-sweep": (services) => sweepMails(services),
  "placements-sweep": async (services) => {
    await sweepPlacements(services);
  },
  "runtimes-sweep": (services) => sweepRuntimes(services),
  "rotation-run": (services, payload, draining) => runRotation(services, payload, draining),
  "data-key-reseal": (services, payload, draining) => runReseal(services, payload, draining),
  "rotations-sweep": (services) => sweepRotations(services),
  "secrets-refresh": (services, payload, draining) => refreshSecrets(services, payload, draining),
  "secret-refreshes-sweep": (services) => sweepSecretRefreshes(services),
  "secret-expiry-sweep": (services) => sweepSecretExpiry(services),
  "drops-sweep": async (services) => {
    await sweepDrops(services);
  },
  "usage-sweep": async (services) => {
    await sweepUsage(services);
  },
  "telemetry-sweep": async (services) => {
    await sweepTelemetry(services);
  },
  "webhook-deliver": (services, payload) => deliverWebhook(services, payload),
  "webhooks-sweep": async (services) => {
    await sealPlainAddresses(services);
    await sweepWebhooks(services);
  },
  "versions-sweep": async (services) => {
    await sweepVersions(services);
  },
};
