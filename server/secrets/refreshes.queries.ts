// The rows of restarts that bring new secrets in: wished for, taken up one at a time, ended; the queue only rings.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { WorkspaceScope } from "~/server/auth/scope";

export type RefreshWish = { deploymentId: string; agentId: string; requestedBy: string; requestedAt: Date };

/** One that waits or runs already keeps its place; the wish is counted, so that a restart that began before it is not its end. */
export async function insertRefreshOrWish(tx: Db, scope: WorkspaceScope, wish: RefreshWish): Promise<void> {
  const fresh = { attempts: 0, failureReason: null, heartbeatAt: null, finishedAt: null };
  await tx
    .insertInto("secretRefreshes")
    .values({ ...wish, ...fresh, workspaceId: scope.workspaceId, status: "waiting", wishes: 1 })
    .onConflict((conflict) =>
      conflict.column("deploymentId").doUpdateSet({
        wishes: sql<number>`secret_refreshes.wishes + 1`,
        status: sql`case when secret_refreshes.finished_at is null then secret_refreshes.status else 'waiting' end`,
        requestedAt: sql<Date>`case when secret_refreshes.finished_at is null then secret_refreshes.requested_at else excluded.requested_at end`,
        requestedBy: wish.requestedBy,
        failureReason: null,
        finishedAt: null,
      }),
    )
    .execute();
}

/** What is open, and what ended since. The oldest wish first. */
export function listRefreshRows(
  tx: Db,
  scope: WorkspaceScope,
  asked: { agentId: string | undefined; since: Date; limit: number },
) {
  return tx
    .selectFrom("secretRefreshes as refresh")
    .innerJoin("deployments", "deployments.id", "refresh.deploymentId")
    .innerJoin("agents", "agents.id", "refresh.agentId")
    .select(["refresh.agentId", "agents.name as agentName", "refresh.deploymentId", "deployments.version"])
    .select(["refresh.status", "refresh.failureReason", "refresh.requestedAt", "refresh.finishedAt"])
    .where("refresh.workspaceId", "=", scope.workspaceId)
    .where((where) => where.or([where("refresh.finishedAt", "is", null), where("refresh.finishedAt", ">=", asked.since)]))
    .$if(asked.agentId !== undefined, (query) => query.where("refresh.agentId", "=", asked.agentId ?? ""))
    .orderBy("refresh.requestedAt")
    .orderBy("refresh.deploymentId")
    .limit(asked.limit)
    .execute();
}

/** The open ones of a workspace, in order, locked: whoever else wants to take one up waits, and then sees that one runs. */
export function listOpenForUpdateAcrossWorkspaces(tx: Db, workspaceId: string, limit: number) {
  return tx
    .selectFrom("secretRefreshes")
    .select(["deploymentId", "agentId", "workspaceId", "status", "wishes", "attempts", "requestedAt", "heartbeatAt"])
    .where("workspaceId", "=", workspaceId)
    .where("finishedAt", "is", null)
    .orderBy("requestedAt")
    .orderBy("deploymentId")
    .limit(limit)
    .forUpdate()
    .execute();
}

export type RefreshKey = { workspaceId: string; deploymentId: string };

/** Under the lock of `listOpenForUpdateAcrossWorkspaces`. Answers which attempt this is. */
export async function setRefreshRunningIfWaitingAcrossWorkspaces(tx: Db, key: RefreshKey, now: Date): Promise<number | null> {
  const row = await tx
    .updateTable("secretRefreshes")
    .set({ status: "running", heartbeatAt: now, attempts: sql<number>`attempts + 1` })
    .where("workspaceId", "=", key.workspaceId)
    .where("deploymentId", "=", key.deploymentId)
    .where("status", "=", "waiting")
    .returning("attempts")
    .executeTakeFirst();
  return row?.attempts ?? null;
}

type HeldRefresh = RefreshKey & { attempts: number };

/** Whether the attempt still holds it. */
export async function setRefreshHeartbeatAcrossWorkspaces(db: Db, held: HeldRefresh, now: Date): Promise<boolean> {
  const result = await db
    .updateTable("secretRefreshes")
    .set({ heartbeatAt: now })
    .where("workspaceId", "=", held.workspaceId)
    .where("deploymentId", "=", held.deploymentId)
    .where("attempts", "=", held.attempts)
    .where("status", "=", "running")
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Back into the queue of wishes, in its old place. */
export async function setRefreshWaitingIfRunningAcrossWorkspaces(db: Db, held: HeldRefresh): Promise<void> {
  await db
    .updateTable("secretRefreshes")
    .set({ status: "waiting", heartbeatAt: null })
    .where("workspaceId", "=", held.workspaceId)
    .where("deploymentId", "=", held.deploymentId)
    .where("attempts", "=", held.attempts)
    .where("status", "=", "running")
    .execute();
}

/** False when somebody wished again meanwhile, or when the attempt was lost: then it is not the end. */
export async function setRefreshDoneIfNoFurtherWishAcrossWorkspaces(
  db: Db,
  held: HeldRefresh & { wishes: number },
  now: Date,
): Promise<boolean> {
  const result = await db
    .updateTable("secretRefreshes")
    .set({ status: "done", finishedAt: now, heartbeatAt: null })
    .where("workspaceId", "=", held.workspaceId)
    .where("deploymentId", "=", held.deploymentId)
    .where("attempts", "=", held.attempts)
    .where("wishes", "=", held.wishes)
    .where("status", "=", "running")
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function setRefreshFailedIfRunningAcrossWorkspaces(
  db: Db,
  held: HeldRefresh,
  failure: { reason: string; at: Date },
): Promise<boolean> {
  const result = await db
    .updateTable("secretRefreshes")
    .set({ status: "failed", failureReason: failure.reason, finishedAt: failure.at, heartbeatAt: null })
    .where("workspaceId", "=", held.workspaceId)
    .where("deploymentId", "=", held.deploymentId)
    .where("attempts", "=", held.attempts)
    .where("status", "=", "running")
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The runtime that a version is placed on. */
export function findRuntimeOfVersionAcrossWorkspaces(db: Db, key: RefreshKey) {
  return db
    .selectFrom("deployments")
    .select(["runtime", "agentId", "version"])
    .where("workspaceId", "=", key.workspaceId)
    .where("id", "=", key.deploymentId)
    .executeTakeFirst();
}

/** Workspaces in which something waits although nobody gave a sign of life within these times. */
export function listNeglectedRefreshesAcrossWorkspaces(db: Db, signs: { from: Date; to: Date }, limit: number) {
  return db
    .selectFrom("secretRefreshes")
    .select("workspaceId")
    .where("finishedAt", "is", null)
    .groupBy("workspaceId")
    .having((having) =>
      having.or([
        having(having.fn.max("heartbeatAt"), "is", null),
        having(having.fn.max("heartbeatAt"), "<", signs.from),
        having(having.fn.max("heartbeatAt"), ">", signs.to),
      ]),
    )
    .orderBy("workspaceId")
    .limit(limit)
    .execute();
}
