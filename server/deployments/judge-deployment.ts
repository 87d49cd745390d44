// What stands against a new version: asked by the act, which throws the first, and by its dry run, which tells them all.
import type { Runtime } from "~/db/tables/deployments";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { AppError, notFound } from "~/server/errors";
import { assertPlanned } from "~/server/plans/assert-planned";
import { type CurrentPlan, readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import { chooseRuntime } from "./choose-runtime";
import { countUnfinished, findNewestVersion, findUploadToDeploy } from "./deployments.queries";
import { Refusals } from "./refusals";
import { refuseMissingSecrets } from "./refuse-missing-secrets";

const unfinishedPerAgentMax = 5;
const unfinishedPerWorkspaceMax = 50;

export type WishedDeployment = {
  agent: { id: string; disabledAt: Date | null; preferredRuntime: Runtime | null };
  uploadId: string;
  runtime?: Runtime | undefined;
};

export type JudgedDeployment = {
  upload: NonNullable<Awaited<ReturnType<typeof findUploadToDeploy>>>;
  manifest: Manifest;
  plan: CurrentPlan;
  /** Null only when `refusals` says why. */
  runtime: Runtime | null;
  version: number;
  /** In the order in which the act finds them. */
  refusals: readonly AppError[];
};

/** Rejects with `NOT_FOUND` for the upload. */
export async function judgeDeployment(
  tx: Tx,
  needs: Pick<Services, "clock" | "providers">,
  scope: WorkspaceScope,
  { agent, uploadId, runtime: wished }: WishedDeployment,
): Promise<JudgedDeployment> {
  const refusals = new Refusals();
  if (agent.disabledAt) refusals.add(new AppError("CONFLICT", "The agent is disabled. Enable it, then deploy."));
  const plan = await readPlan(tx, scope.workspaceId, needs.clock.now());
  const upload = await findUploadToDeploy(tx, scope, uploadId);
  if (!plan || !upload) throw notFound("upload");
  if (upload.prunedAt) refusals.add(bundlePruned());
  const manifest = upload.manifest as Manifest;
  const wish = { manifest, wished, preferred: agent.preferredRuntime, plan: plan.plan };
  const runtime = await refusals.unless(() => chooseRuntime(needs, wish));
  if (runtime) await refusals.unless(() => assertPlanned({ kind: "deploy", runtime, agentCore: manifest.agentcore }, plan));
  const ofAgent = { workspaceId: scope.workspaceId, agentId: agent.id };
  await refusals.unless(() => refuseMissingSecrets(tx, ofAgent, manifest));
  await refusals.unless(() => refuseTooMany(tx, scope, agent.id));
  const version = (await findNewestVersion(tx, scope, agent.id)) + 1;
  return { upload, manifest, plan, runtime, version, refusals: refusals.all };
}

function bundlePruned(): AppError {
  return new AppError("CONFLICT", "The versions of this upload were pruned, and its bundle with them. Upload it again.", {
    details: { reason: "bundle_pruned" },
  });
}

async function refuseTooMany(tx: Tx, scope: WorkspaceScope, agentId: string): Promise<void> {
  const [ofAgent, ofWorkspace] = [await countUnfinished(tx, scope, agentId), await countUnfinished(tx, scope, null)];
  if (ofAgent < unfinishedPerAgentMax && ofWorkspace < unfinishedPerWorkspaceMax) return;
  const where =
    ofAgent >= unfinishedPerAgentMax ? `${ofAgent} deployments of this agent` : `${ofWorkspace} deployments of this workspace`;
  throw new AppError("CONFLICT", `${where} are still under way. Wait until one is finished, or cancel one.`, {
    details: { reason: "deployments_under_way" },
  });
}
