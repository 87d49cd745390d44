// What the rows say of placements, and the book of where a runtime and the rows differ.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { Runtime } from "~/db/tables/deployments";
import type { StrayKind, StrayOutcome } from "~/db/tables/stray-placements";

/** The versions among `ids`, with what decides whether a runtime may hold them. */
export function listOwnersAcrossWorkspaces(db: Db, ids: readonly string[]) {
  return db
    .selectFrom("deployments")
    .innerJoin("agents", "agents.id", "deployments.agentId")
    .select(["deployments.id", "deployments.agentId", "deployments.workspaceId", "deployments.runtime"])
    .select(["deployments.placementRemovedAt"])
    .where("deployments.id", "in", ids)
    .limit(ids.length)
    .execute();
}

/** Those of these agents that have a version which the runtime holds, or may come to hold. */
export async function listHoldingAgentsAcrossWorkspaces(
  db: Db,
  runtime: Runtime,
  agentIds: readonly string[],
): Promise<string[]> {
  const rows = await db
    .selectFrom("deployments")
    .select("agentId")
    .distinct()
    .where("runtime", "=", runtime)
    .where("agentId", "in", agentIds)
    .where("placementRemovedAt", "is", null)
    .limit(agentIds.length)
    .execute();
  return rows.map(({ agentId }) => agentId);
}

export async function listKnownWorkspacesAcrossWorkspaces(db: Db, ids: readonly string[]): Promise<string[]> {
  const rows = await db.selectFrom("workspaces").select("id").where("id", "in", ids).limit(ids.length).execute();
  return rows.map(({ id }) => id);
}

export type AgentKey = { agentId: string; workspaceId: string };

/** Those of these agents that were taken out of this database on purpose: the only way in which it forgets a version. */
export async function listPurgedAgentsAcrossWorkspaces(db: Db, agents: readonly AgentKey[]): Promise<AgentKey[]> {
  const rows = await db
    .selectFrom("auditEntries")
    .select(["workspaceId", "targetId as agentId"])
    .distinct()
    .where("workspaceId", "in", [...new Set(agents.map(({ workspaceId }) => workspaceId))])
    .where("action", "=", "agent.purge")
    .where("targetId", "in", [...new Set(agents.map(({ agentId }) => agentId))])
    .limit(agents.length)
    .execute();
  return rows.flatMap(({ agentId, workspaceId }) => (agentId === null ? [] : [{ agentId, workspaceId }]));
}

/** Versions that could be called, behind `afterId`; those of a disabled workspace or a deleted agent are nobody's loss now. */
export function listCallableAcrossWorkspaces(db: Db, query: { runtime: Runtime; afterId: string; limit: number }) {
  return db
    .selectFrom("deployments")
    .innerJoin("agents", "agents.id", "deployments.agentId")
    .innerJoin("workspaces", "workspaces.id", "deployments.workspaceId")
    .select(["deployments.id as deploymentId", "deployments.agentId", "deployments.workspaceId", "deployments.status"])
    .where("deployments.runtime", "=", query.runtime)
    .where("deployments.status", "in", ["ready", "active", "superseded"])
    .where("deployments.prunedAt", "is", null)
    .where("agents.deletedAt", "is", null)
    .where("workspaces.disabledAt", "is", null)
    .where("deployments.id", ">", query.afterId)
    .orderBy("deployments.id")
    .limit(query.limit)
    .execute();
}

/** Versions that could be called, for each runtime. */
export function countCallableAcrossWorkspaces(db: Db) {
  return db
    .selectFrom("deployments")
    .innerJoin("agents", "agents.id", "deployments.agentId")
    .select(["deployments.runtime", ({ fn }) => fn.countAll<number>().as("versions")])
    .where("deployments.status", "in", ["ready", "active", "superseded"])
    .where("deployments.prunedAt", "is", null)
    .where("agents.deletedAt", "is", null)
    .groupBy("deployments.runtime")
    .limit(10)
    .execute();
}

export type StrayKey = { runtime: Runtime; kind: StrayKind; deploymentId: string };
export type Stray = StrayKey & { agentId: string; workspaceId: string; isOfAgent?: true };

/** Answers since when it has been seen without a break, and whether it was tried in vain. One that was settled begins anew. */
export async function noteStrayAcrossWorkspaces(db: Db, stray: Stray, at: Date): Promise<{ since: Date; hasFailed: boolean }> {
  const { runtime, kind, deploymentId, agentId, workspaceId } = stray;
  const found = { foundDeploymentId: deploymentId, foundAgentId: agentId, foundWorkspaceId: workspaceId };
  const row = await db
    .insertInto("strayPlacements")
    .values({ runtime, kind, ...found, firstSeenAt: at, seenAt: at })
    .onConflict((conflict) =>
      conflict.columns(["runtime", "foundDeploymentId", "kind"]).doUpdateSet({
        seenAt: sql<Date>`greatest(stray_placements.seen_at, ${at})`,
        firstSeenAt: sql<Date>`case when stray_placements.settled_at is null then stray_placements.first_seen_at else ${at} end`,
        settledAt: null,
        outcome: null,
      }),
    )
    .returning(["firstSeenAt", "failure"])
    .executeTakeFirstOrThrow();
  return { since: row.firstSeenAt, hasFailed: row.failure !== null };
}

/** Null: no sweep saw one that is still there. */
export async function findOpenStrangerAcrossWorkspaces(db: Db, { runtime, deploymentId }: Omit<StrayKey, "kind">) {
  const row = await db
    .selectFrom("strayPlacements")
    .select(["foundDeploymentId as deploymentId", "foundAgentId as agentId", "foundWorkspaceId as workspaceId"])
    .where("runtime", "=", runtime)
    .where("kind", "=", "stranger")
    .where("foundDeploymentId", "=", deploymentId)
    .where("settledAt", "is", null)
    .executeTakeFirst();
  return row ?? null;
}

export async function settleStrayAcrossWorkspaces(
  db: Db,
  key: StrayKey,
  end: { outcome: StrayOutcome; at: Date },
): Promise<void> {
  await db
    .updateTable("strayPlacements")
    .set({ settledAt: end.at, outcome: end.outcome, failure: null })
    .where("runtime", "=", key.runtime)
    .where("kind", "=", key.kind)
    .where("foundDeploymentId", "=", key.deploymentId)
    .where("settledAt", "is", null)
    .execute();
}

export async function setStrayFailureAcrossWorkspaces(db: Db, key: StrayKey, failure: string): Promise<void> {
  await db
    .updateTable("strayPlacements")
    .set({ failure })
    .where("runtime", "=", key.runtime)
    .where("kind", "=", key.kind)
    .where("foundDeploymentId", "=", key.deploymentId)
    .where("settledAt", "is", null)
    .execute();
}

/** What this sweep did not see again is in order by itself. */
export async function settleUnseenAcrossWorkspaces(db: Db, runtime: Runtime, seenAt: Date): Promise<void> {
  await db
    .updateTable("strayPlacements")
    .set({ settledAt: seenAt, outcome: "gone", failure: null })
    .where("runtime", "=", runtime)
    .where("settledAt", "is", null)
    .where("seenAt", "<", seenAt)
    .execute();
}

export async function deleteSettledBeforeAcrossWorkspaces(db: Db, before: Date): Promise<void> {
  await db.deleteFrom("strayPlacements").where("settledAt", "<", before).execute();
}

/** What is open first, then what was settled last. */
export function listStraysAcrossWorkspaces(db: Db, limit: number) {
  return db
    .selectFrom("strayPlacements")
    .select([
      "runtime",
      "kind",
      "foundDeploymentId as deploymentId",
      "foundAgentId as agentId",
      "foundWorkspaceId as workspaceId",
    ])
    .select(["firstSeenAt", "seenAt", "settledAt", "outcome", "failure"])
    .orderBy(sql`settled_at desc nulls first`)
    .orderBy("firstSeenAt")
    .limit(limit)
    .execute();
}
