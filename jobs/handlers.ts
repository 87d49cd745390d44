// What happens when a job's bell rings: one verb each.
import { sweepIncoming } from "~/server/bundles/sweep-incoming";
import { sweepUploads } from "~/server/bundles/sweep-uploads";
import { purgeAgent } from "~/server/deployments/purge-agent";
import { runDeployment } from "~/server/deployments/run-deployment";
import { sweepDeployments } from "~/server/deployments/sweep-deployments";
import { sweepInvocations } from "~/server/invocations/sweep-invocations";
import type { Services } from "~/server/services";
import { sweepTelemetry } from "~/server/telemetry/sweep-telemetry";
import type { JobName, PayloadOf } from "./catalog";

/** `draining` is aborted when this process is about to end: hand over what you can, and reject. */
export type JobHandler<Payload> = (services: Services, payload: Payload, draining: AbortSignal) => Promise<void>;
export type Handlers = { [Name in JobName]: JobHandler<PayloadOf<Name>> };

export const handlers: Handlers = {
  "agent-purge": (services, payload) => purgeAgent(services, payload),
  "bundles-sweep": async (services) => {
    await sweepIncoming(services);
    await sweepUploads(services);
  },
  "deployment-run": (services, payload, draining) => runDeployment(services, payload, { draining }),
  "deployments-sweep": (services) => sweepDeployments(services),
  "invocations-sweep": async (services) => {
    await sweepInvocations(services);
  },
  "telemetry-sweep": async (services) => {
    await sweepTelemetry(services);
  },
};
