// Makes a second agent like the first one: description, limits, variables and, if wished, the bundle that is live. Values of secrets stay behind.
import { answerInWorkspace, type Tx } from "~/db/transaction";
import type { CloneAgentInput, ClonedAgent } from "~/server/agents/agents.contract";
import { enterAgent } from "~/server/agents/create-agent";
import { readAgent } from "~/server/agents/get-agent";
import { recordAudit } from "~/server/audit/record-audit";
import { grantMay } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { AppError, invalidField } from "~/server/errors";
import { missingRequiredKeys } from "~/server/secrets/missing-required-keys";
import type { Services } from "~/server/services";
import { copyVariables } from "~/server/variables/copy-variables";
import { enterDeployment } from "./create-deployment";
import { runDeploymentJob } from "./deployments.jobs";
import { type DeploymentRow, findDeployment } from "./deployments.queries";
import { listNamesOfSetSecrets } from "./foresight.queries";

type Needs = Pick<Services, "db" | "clock" | "queue" | "providers">;

/** Rejects like `createAgent` and `createDeployment`; nothing is there then. A clone whose keys are missing is made and not deployed. */
export async function cloneAgent(needs: Needs, scope: WorkspaceScope, input: CloneAgentInput): Promise<ClonedAgent> {
  if (input.deploys && !grantMay(scope.grant, "deployment.create")) {
    throw new AppError("UNAUTHORIZED", "You may not deploy here. Clone without the deployment, or ask an admin.");
  }
  const clone = await answerInWorkspace(needs.db, scope, (tx) => enterClone(tx, needs, scope, input));
  const { deploymentId } = clone;
  if (deploymentId !== null) await needs.queue.ring(runDeploymentJob, { deploymentId, workspaceId: scope.workspaceId });
  return clone;
}

async function enterClone(tx: Tx, needs: Needs, scope: WorkspaceScope, input: CloneAgentInput): Promise<ClonedAgent> {
  const original = await readAgent(tx, scope, input.agentId);
  const live = original.activeDeploymentId === null ? undefined : await findDeployment(tx, scope, original.activeDeploymentId);
  if (input.deploys && !live) {
    throw invalidField("deploys", `${original.name} has no live version whose bundle could be deployed. Clone it without.`);
  }
  const createdAt = needs.clock.now();
  const { description, callsPerMinuteMax, concurrencyMax } = original;
  const agentId = await enterAgent(tx, scope, { name: input.name, description, callsPerMinuteMax, concurrencyMax, createdAt });
  const variables = await copyVariables(tx, scope, { fromAgentId: input.agentId, toAgentId: agentId, at: createdAt });
  const missingKeys = await findMissingKeys(tx, scope, agentId, live);
  await recordAudit(tx, scope, {
    action: "agent.clone",
    targetKind: "agent",
    targetId: agentId,
    metadata: { name: input.name, from: input.agentId, variables: variables.length },
  });
  const deploymentId =
    live && input.deploys && missingKeys.length === 0 ? await deployTo(tx, needs, scope, { agentId, live }) : null;
  const seesSecrets = grantMay(scope.grant, "secret.read");
  const secretsLeftBehind = seesSecrets ? await listNamesOfSetSecrets(tx, scope, input.agentId) : [];
  return { ...(await readAgent(tx, scope, agentId)), deploymentId, missingKeys, secretsLeftBehind };
}

async function findMissingKeys(tx: Tx, scope: WorkspaceScope, agentId: string, live?: DeploymentRow): Promise<string[]> {
  if (!live) return [];
  const { requiredKeys } = (live.manifest as Manifest).env;
  return missingRequiredKeys(tx, { workspaceId: scope.workspaceId, agentId, requiredKeys });
}

async function deployTo(
  tx: Tx,
  needs: Needs,
  scope: WorkspaceScope,
  to: { agentId: string; live: DeploymentRow },
): Promise<string> {
  const { uploadId, runtime } = to.live;
  const item = await enterDeployment(tx, needs, scope, { agentId: to.agentId, uploadId, runtime, activate: true });
  return item.deploymentId;
}
