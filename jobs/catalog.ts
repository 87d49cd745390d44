// Every kind of job there is. One without a handler in `handlers.ts` does not compile.
import { grantLetterWishJob, sweepAccountsJob, sweepLetterWishesJob } from "~/server/accounts/accounts.jobs";
import { sweepIncidentsJob } from "~/server/admin/admin.jobs";
import { purgeAgentJob } from "~/server/agents/agents.jobs";
import { sweepAlertsJob } from "~/server/alerts/alerts.jobs";
import { sweepKeyLeaksJob, tellKeyLeakJob } from "~/server/api-keys/api-keys.jobs";
import { sweepAuditJob } from "~/server/audit/audit.jobs";
import { settleBillingEventJob, sweepBillingJob, sweepSpendJob } from "~/server/billing/billing.jobs";
import { recountBudgetsJob, sweepBudgetsJob } from "~/server/budgets/budgets.jobs";
import { sweepBundlesJob } from "~/server/bundles/bundles.jobs";
import { sweepConversationsJob } from "~/server/conversations/conversations.jobs";
import {
  runDeploymentJob,
  sweepDeploymentLogsJob,
  sweepDeploymentsJob,
  sweepVersionsJob,
} from "~/server/deployments/deployments.jobs";
import { sweepIdempotencyKeysJob } from "~/server/idempotency/idempotency.jobs";
import { sweepInvocationsJob } from "~/server/invocations/invocations.jobs";
import { sweepLogsJob, sweepPrintedJob } from "~/server/logs/logs.jobs";
import { deliverMailJob, sweepMailsJob } from "~/server/mail/mail.jobs";
import type { JobContract } from "~/server/queue/queue";
import { resealJob, runRotationJob, sweepRotationsJob } from "~/server/rotation/rotation.jobs";
import { sweepPlacementsJob, sweepRuntimesJob } from "~/server/runtimes/runtimes.jobs";
import { refreshSecretsJob, sweepSecretExpiryJob, sweepSecretRefreshesJob } from "~/server/secrets/secrets.jobs";
import { sweepDropsJob, sweepTelemetryJob, sweepUsageJob } from "~/server/telemetry/telemetry.jobs";
import { deliverWebhookJob, sweepWebhooksJob } from "~/server/webhooks/webhooks.jobs";

export const catalog = {
  [sweepAlertsJob.name]: sweepAlertsJob,
  [deliverWebhookJob.name]: deliverWebhookJob,
  [sweepWebhooksJob.name]: sweepWebhooksJob,
  [sweepAccountsJob.name]: sweepAccountsJob,
  [deliverMailJob.name]: deliverMailJob,
  [grantLetterWishJob.name]: grantLetterWishJob,
  [purgeAgentJob.name]: purgeAgentJob,
  [tellKeyLeakJob.name]: tellKeyLeakJob,
  [sweepKeyLeaksJob.name]: sweepKeyLeaksJob,
  [runDeploymentJob.name]: runDeploymentJob,
  [sweepAuditJob.name]: sweepAuditJob,
  [settleBillingEventJob.name]: settleBillingEventJob,
  [sweepBillingJob.name]: sweepBillingJob,
  [sweepSpendJob.name]: sweepSpendJob,
  [sweepBudgetsJob.name]: sweepBudgetsJob,
  [recountBudgetsJob.name]: recountBudgetsJob,
  [sweepBundlesJob.name]: sweepBundlesJob,
  [sweepConversationsJob.name]: sweepConversationsJob,
  [sweepDeploymentLogsJob.name]: sweepDeploymentLogsJob,
  [sweepDeploymentsJob.name]: sweepDeploymentsJob,
  [sweepIncidentsJob.name]: sweepIncidentsJob,
  [sweepIdempotencyKeysJob.name]: sweepIdempotencyKeysJob,
  [sweepInvocationsJob.name]: sweepInvocationsJob,
  [sweepLetterWishesJob.name]: sweepLetterWishesJob,
  [sweepLogsJob.name]: sweepLogsJob,
  [sweepPrintedJob.name]: sweepPrintedJob,
  [sweepMailsJob.name]: sweepMailsJob,
  [runRotationJob.name]: runRotationJob,
  [resealJob.name]: resealJob,
  [sweepRotationsJob.name]: sweepRotationsJob,
  [sweepPlacementsJob.name]: sweepPlacementsJob,
  [sweepRuntimesJob.name]: sweepRuntimesJob,
  [refreshSecretsJob.name]: refreshSecretsJob,
  [sweepSecretRefreshesJob.name]: sweepSecretRefreshesJob,
  [sweepSecretExpiryJob.name]: sweepSecretExpiryJob,
  [sweepDropsJob.name]: sweepDropsJob,
  [sweepTelemetryJob.name]: sweepTelemetryJob,
  [sweepUsageJob.name]: sweepUsageJob,
  [sweepVersionsJob.name]: sweepVersionsJob,
};

export type Catalog = typeof catalog;
export type JobName = keyof Catalog;
export type PayloadOf<Name extends JobName> = Catalog[Name] extends JobContract<string, infer Payload> ? Payload : never;
