// Puts the sample agent live through the verbs that everybody uses, and waits until it is.
import { setTimeout as wait } from "node:timers/promises";
import { inWorkspace } from "~/db/transaction";
import { createAgent } from "~/server/agents/create-agent";
import type { WorkspaceScope } from "~/server/auth/scope";
import { uploadExample } from "~/server/bundles/upload-example";
import { createDeployment } from "~/server/deployments/create-deployment";
import { AppError } from "~/server/errors";
import type { Services } from "~/server/services";
import { findAgentToShow, findDeploymentOutcome, findUnfinishedDeployment } from "./first-start.queries";

const sampleName = "hello";
const pollMs = 100;

export type SampleNeeds = Pick<
  Services,
  "config" | "db" | "across" | "vault" | "log" | "blobs" | "clock" | "providers" | "queue"
>;

/** Answers the id of an agent that can be called. A start that was cut short is taken up where it stopped. */
export async function deploySample(
  services: SampleNeeds,
  scope: WorkspaceScope,
  options: { deadlineMs: number },
): Promise<string> {
  const found = await inWorkspace(services.db, scope, (tx) => findAgentToShow(tx, scope, sampleName));
  if (found?.activeDeploymentId || found?.disabledAt) return found.id;
  const agentId = found?.id ?? (await createSampleAgent(services, scope));
  const underWay = await inWorkspace(services.db, scope, (tx) => findUnfinishedDeployment(tx, scope, agentId));
  const deploymentId = underWay?.id ?? (await beginDeployment(services, scope, agentId));
  await untilActive(services, scope, { deploymentId, giveUpAt: Date.now() + options.deadlineMs });
  return agentId;
}

async function createSampleAgent(services: SampleNeeds, scope: WorkspaceScope): Promise<string> {
  const description = "The sample agent: it greets whoever calls, word by word.";
  return (await createAgent(services, scope, { name: sampleName, description })).agentId;
}

async function beginDeployment(services: SampleNeeds, scope: WorkspaceScope, agentId: string): Promise<string> {
  const { uploadId } = await uploadExample(services, scope, sampleName);
  return (await createDeployment(services, scope, { agentId, uploadId, activate: true })).deploymentId;
}

/** The deadline is of real time: it guards against a worker that does not run. */
async function untilActive(
  services: SampleNeeds,
  scope: WorkspaceScope,
  target: { deploymentId: string; giveUpAt: number },
): Promise<void> {
  while (Date.now() < target.giveUpAt) {
    const row = await inWorkspace(services.db, scope, (tx) => findDeploymentOutcome(tx, scope, target.deploymentId));
    if (row?.status === "active" || row?.status === "superseded") return;
    if (!row || row.status === "failed" || row.status === "cancelled") {
      throw new AppError(
        "DEPLOYMENT_FAILED",
        `The sample agent was not deployed: ${row?.failureReason ?? "the deployment was cancelled"}`,
      );
    }
    await wait(pollMs);
  }
  throw new AppError(
    "DEPLOYMENT_FAILED",
    "The sample agent is still not live. Look into the logs of the worker and the agent host.",
  );
}
