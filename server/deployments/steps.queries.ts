// A deployment's status, stages and log as its worker writes them. The worker has no scope: each query names the workspace.
import { sql, type Updateable } from "kysely";
import type { Db } from "~/db/client";
import type { GoldenResult, LogLevel, StepOutcome } from "~/db/tables/deployment-steps";
import type { DeploymentStage, DeploymentStatus, DeploymentsTable } from "~/db/tables/deployments";
import type { DeploymentKey } from "./deployments.jobs";

export type StatusGuard = DeploymentKey & {
  from: readonly DeploymentStatus[];
  to: DeploymentStatus;
  at: Date;
  leaseId?: string | undefined;
};

export async function setStatusIfAcrossWorkspaces(
  db: Db,
  guard: StatusGuard,
  changes: Updateable<DeploymentsTable>,
): Promise<boolean> {
  const result = await db
    .updateTable("deployments")
    .set({ ...changes, status: guard.to })
    // A version that goes live was finished when it first did, not again with each rollback.
    .$if(guard.to === "active", (query) => query.set({ finishedAt: sql<Date>`coalesce(finished_at, ${guard.at})` }))
    .where("workspaceId", "=", guard.workspaceId)
    .where("id", "=", guard.deploymentId)
    .where("status", "in", guard.from)
    .$if(guard.to === "active", (query) => query.where("prunedAt", "is", null))
    .$if(guard.leaseId !== undefined, (query) => query.where("leaseId", "=", guard.leaseId ?? ""))
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function settleRunningStepsAcrossWorkspaces(
  db: Db,
  key: DeploymentKey,
  change: { outcome: StepOutcome; finishedAt: Date },
): Promise<void> {
  await db
    .updateTable("deploymentSteps")
    .set(change)
    .where("workspaceId", "=", key.workspaceId)
    .where("deploymentId", "=", key.deploymentId)
    .where("outcome", "=", "running")
    .execute();
}

/** A stage that was interrupted begins anew: the time in between was not spent on it. */
export async function deleteRunningStepsAcrossWorkspaces(db: Db, key: DeploymentKey): Promise<void> {
  await db
    .deleteFrom("deploymentSteps")
    .where("workspaceId", "=", key.workspaceId)
    .where("deploymentId", "=", key.deploymentId)
    .where("outcome", "=", "running")
    .execute();
}

/** A stage that is entered again keeps the moment it began first. */
export async function upsertStepAcrossWorkspaces(
  db: Db,
  key: DeploymentKey,
  step: { stage: DeploymentStage; outcome: StepOutcome; at: Date },
): Promise<void> {
  const finishedAt = step.outcome === "running" ? null : step.at;
  await db
    .insertInto("deploymentSteps")
    .values({
      workspaceId: key.workspaceId,
      deploymentId: key.deploymentId,
      stage: step.stage,
      outcome: step.outcome,
      startedAt: step.at,
      finishedAt,
    })
    .onConflict((conflict) => conflict.columns(["deploymentId", "stage"]).doUpdateSet({ outcome: step.outcome, finishedAt }))
    .execute();
}

export async function setGoldensAcrossWorkspaces(db: Db, key: DeploymentKey, goldens: GoldenResult[]): Promise<void> {
  await db
    .updateTable("deploymentSteps")
    .set({ goldens: JSON.stringify(goldens) })
    .where("workspaceId", "=", key.workspaceId)
    .where("deploymentId", "=", key.deploymentId)
    .where("stage", "=", "probed")
    .execute();
}

/** A sign of life outside of these is none: it is too old, or of a clock that was set back since. */
export type SignsOfLife = { from: Date; to: Date };

const isSilent = ({ from, to }: SignsOfLife) =>
  sql<boolean>`(deployments.lease_id is null or deployments.heartbeat_at < ${from} or deployments.heartbeat_at > ${to})`;

/** Takes over a running deployment whose worker gave no sign of life, or gave it back. */
export function takeOverIfSilentAcrossWorkspaces(
  db: Db,
  key: DeploymentKey,
  take: { leaseId: string; at: Date; signs: SignsOfLife },
) {
  return db
    .updateTable("deployments")
    .set({ leaseId: take.leaseId, heartbeatAt: take.at, attempts: sql<number>`attempts + 1` })
    .where("workspaceId", "=", key.workspaceId)
    .where("id", "=", key.deploymentId)
    .where("status", "=", "running")
    .where(isSilent(take.signs))
    .returning("id")
    .executeTakeFirst();
}

/** What the holder of the lease writes about its progress; null when it does not hold it any more. */
export function updateHeldAcrossWorkspaces(
  db: Db,
  held: DeploymentKey & { leaseId: string },
  change: Updateable<DeploymentsTable>,
) {
  return db
    .updateTable("deployments")
    .set(change)
    .where("workspaceId", "=", held.workspaceId)
    .where("id", "=", held.deploymentId)
    .where("leaseId", "=", held.leaseId)
    .where("status", "=", "running")
    .returning("cancelRequestedAt")
    .executeTakeFirst();
}

/** Gives it back so that the next worker may go on at once. A worker that only drains has not failed, so it may forget its attempt. */
export async function releaseHeldAcrossWorkspaces(
  db: Db,
  held: DeploymentKey & { leaseId: string },
  options: { forgetsAttempt: boolean },
): Promise<void> {
  await db
    .updateTable("deployments")
    .set({ leaseId: null, ...(options.forgetsAttempt ? { attempts: sql<number>`greatest(attempts - 1, 0)` } : {}) })
    .where("workspaceId", "=", held.workspaceId)
    .where("id", "=", held.deploymentId)
    .where("leaseId", "=", held.leaseId)
    .execute();
}

export async function insertLogLinesAcrossWorkspaces(
  db: Db,
  key: DeploymentKey,
  lines: { stage: DeploymentStage; level: LogLevel; line: string; createdAt: Date }[],
): Promise<void> {
  const { workspaceId, deploymentId } = key;
  await db
    .insertInto("deploymentLogs")
    .values(lines.map((line) => ({ ...line, workspaceId, deploymentId })))
    .execute();
}

/** Everything that a run needs to know, read once it is claimed. */
export function findRunAcrossWorkspaces(db: Db, key: DeploymentKey) {
  return db
    .selectFrom("deployments")
    .innerJoin("agents", "agents.id", "deployments.agentId")
    .innerJoin("workspaces", "workspaces.id", "deployments.workspaceId")
    .leftJoin("planOverrides", "planOverrides.workspaceId", "deployments.workspaceId")
    .selectAll("deployments")
    .select(["agents.deletedAt as agentDeletedAt", "workspaces.tier", "planOverrides.changes as planChanges"])
    .where("deployments.workspaceId", "=", key.workspaceId)
    .where("deployments.id", "=", key.deploymentId)
    .executeTakeFirst();
}

export type RunRow = NonNullable<Awaited<ReturnType<typeof findRunAcrossWorkspaces>>>;

/** name → version of every secret among `names` that has a value now. */
export async function readSecretVersionsAcrossWorkspaces(
  db: Db,
  agent: { workspaceId: string; agentId: string },
  names: readonly string[],
): Promise<Record<string, number>> {
  if (names.length === 0) return {};
  const rows = await db
    .selectFrom("agentSecrets")
    .select(["name", "version"])
    .where("workspaceId", "=", agent.workspaceId)
    .where("agentId", "=", agent.agentId)
    .where("name", "in", names)
    .where("sealedValue", "is not", null)
    .execute();
  return Object.fromEntries(rows.map((row) => [row.name, row.version]));
}

/** Nothing is done for a disabled workspace, nor what a disabled person asked for. */
const isHeldBack = sql<boolean>`(
  exists (select from workspaces as place where place.id = deployments.workspace_id and place.disabled_at is not null)
  or exists (select from users as asker where asker.id = deployments.created_by and asker.disabled_at is not null)
)`;
const mayGoOn = sql<boolean>`not ${isHeldBack}`;

/** The deployment when it has to wait for an operator to enable its workspace or its person. */
export function findHeldBackAcrossWorkspaces(db: Db, key: DeploymentKey) {
  return db
    .selectFrom("deployments")
    .select("id")
    .where("workspaceId", "=", key.workspaceId)
    .where("id", "=", key.deploymentId)
    .where(isHeldBack)
    .executeTakeFirst();
}

/** Versions of a workspace that may have a process somewhere. */
export function listPlacedAcrossWorkspaces(db: Db, workspaceId: string, limit: number) {
  return db
    .selectFrom("deployments")
    .select(["id", "agentId", "workspaceId", "runtime"])
    .where("workspaceId", "=", workspaceId)
    .where("status", "in", ["queued", "running", "ready", "active", "superseded"])
    .where("prunedAt", "is", null)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

/** Held back while its worker was lost: nobody may take it over, so it goes back to the queue. */
export function listStrandedAcrossWorkspaces(db: Db, signs: SignsOfLife, limit: number) {
  return db
    .selectFrom("deployments")
    .select(["id as deploymentId", "workspaceId"])
    .where("status", "=", "running")
    .where(isSilent(signs))
    .where(isHeldBack)
    .limit(limit)
    .execute();
}

/** What waits since before `queuedBefore`, or since a time that is yet to come, and what runs without a sign of life. */
export function listNeglectedAcrossWorkspaces(
  db: Db,
  limits: { queuedBefore: Date; now: Date; signs: SignsOfLife; limit: number },
) {
  return db
    .selectFrom("deployments")
    .select(["id as deploymentId", "workspaceId"])
    .where(({ or, and, eb }) =>
      or([
        and([eb("status", "=", "queued"), or([eb("createdAt", "<", limits.queuedBefore), eb("createdAt", ">", limits.now)])]),
        and([eb("status", "=", "running"), isSilent(limits.signs)]),
      ]),
    )
    .where(mayGoOn)
    .orderBy("createdAt")
    .limit(limits.limit)
    .execute();
}

export function listOverdueAcrossWorkspaces(db: Db, startedBefore: Date, limit: number) {
  return db
    .selectFrom("deployments")
    .select(["id as deploymentId", "workspaceId"])
    .where("status", "=", "running")
    .where("startedAt", "<", startedBefore)
    .where(mayGoOn)
    .limit(limit)
    .execute();
}

/** Deleted agents whose purge has not happened yet, but for those of disabled workspaces. */
export function listUnpurgedAgentsAcrossWorkspaces(db: Db, limit: number) {
  return db
    .selectFrom("agents")
    .innerJoin("workspaces", "workspaces.id", "agents.workspaceId")
    .select(["agents.id as agentId", "agents.workspaceId"])
    .where("agents.deletedAt", "is not", null)
    .where("workspaces.disabledAt", "is", null)
    .orderBy("agents.deletedAt")
    .limit(limit)
    .execute();
}
