// How many, how old, how stuck: what the operator's first page shows, and the sweeps' reports.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { SweepRunsTable } from "~/db/tables/sweep-runs";

type Counts = { users: number; workspaces: number; disabledUsers: number; disabledWorkspaces: number; sessions: number };

export async function findCountsAcrossWorkspaces(db: Db, now: Date): Promise<Counts> {
  const { rows } = await sql<Counts>`
    select
      (select count(*) from users) as "users",
      (select count(*) from workspaces) as "workspaces",
      (select count(*) from users where disabled_at is not null) as "disabledUsers",
      (select count(*) from workspaces where disabled_at is not null) as "disabledWorkspaces",
      (select count(*) from user_sessions where expires_at > ${now} and ends_at > ${now}) as "sessions"`.execute(db);
  return rows[0] ?? { users: 0, workspaces: 0, disabledUsers: 0, disabledWorkspaces: 0, sessions: 0 };
}

type QueueState = {
  queued: number;
  running: number;
  heldBack: number;
  silent: number;
  oldestQueuedAt: Date | null;
  purges: number;
};

/** `silent`: runs whose worker gave no sign of life since `staleBefore`. */
export async function findQueueAcrossWorkspaces(db: Db, staleBefore: Date): Promise<QueueState> {
  const { rows } = await sql<QueueState>`
    with unfinished as (
      select deployments.status, deployments.created_at, deployments.lease_id, deployments.heartbeat_at,
        workspaces.disabled_at is not null or users.disabled_at is not null as is_held_back
      from deployments
      join workspaces on workspaces.id = deployments.workspace_id
      left join users on users.id = deployments.created_by
      where deployments.status in ('queued', 'running')
    )
    select
      count(*) filter (where status = 'queued') as "queued",
      count(*) filter (where status = 'running') as "running",
      count(*) filter (where is_held_back) as "heldBack",
      count(*) filter (where status = 'running' and (lease_id is null or heartbeat_at < ${staleBefore})) as "silent",
      min(created_at) filter (where status = 'queued' and not is_held_back) as "oldestQueuedAt",
      (select count(*) from agents where deleted_at is not null) as "purges"
    from unfinished`.execute(db);
  return rows[0] ?? { queued: 0, running: 0, heldBack: 0, silent: 0, oldestQueuedAt: null, purges: 0 };
}

export function listSweepRunsAcrossWorkspaces(db: Db, limit: number) {
  return db.selectFrom("sweepRuns").select(["name", "startedAt", "finishedAt", "failure"]).orderBy("name").limit(limit).execute();
}

/** The later end wins, should two workers have run it at once. */
export async function upsertSweepRunAcrossWorkspaces(db: Db, run: SweepRunsTable): Promise<void> {
  const { name: _name, ...report } = run;
  await db
    .insertInto("sweepRuns")
    .values(run)
    .onConflict((conflict) => conflict.column("name").doUpdateSet(report).where("sweepRuns.finishedAt", "<=", run.finishedAt))
    .execute();
}
