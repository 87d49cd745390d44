// Every kind of job there is. One without a handler in `handlers.ts` does not compile.
import { purgeAgentJob } from "~/server/agents/agents.jobs";
import { sweepBundlesJob } from "~/server/bundles/bundles.jobs";
import { runDeploymentJob, sweepDeploymentsJob } from "~/server/deployments/deployments.jobs";
import { sweepInvocationsJob } from "~/server/invocations/invocations.jobs";
import type { JobContract } from "~/server/queue/queue";
import { sweepTelemetryJob } from "~/server/telemetry/telemetry.jobs";

export const catalog = {
  [purgeAgentJob.name]: purgeAgentJob,
  [runDeploymentJob.name]: runDeploymentJob,
  [sweepBundlesJob.name]: sweepBundlesJob,
  [sweepDeploymentsJob.name]: sweepDeploymentsJob,
  [sweepInvocationsJob.name]: sweepInvocationsJob,
  [sweepTelemetryJob.name]: sweepTelemetryJob,
};

export type Catalog = typeof catalog;
export type JobName = keyof Catalog;
export type PayloadOf<Name extends JobName> = Catalog[Name] extends JobContract<string, infer Payload> ? Payload : never;
