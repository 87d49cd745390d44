// Alerts as the worker raises and resolves them: of racing workers one wins, and what stands is not raised again.
import { type Insertable, sql } from "kysely";
import type { Db } from "~/db/client";
import type { AlertFacts, AlertRule, AlertsTable } from "~/db/tables/alerts";

/** True: nothing of the kind stood. */
export async function insertAlertIfNoneAcrossWorkspaces(tx: Db, alert: Insertable<AlertsTable>): Promise<boolean> {
  const result = await tx
    .insertInto("alerts")
    .values(alert)
    .onConflict((conflict) => conflict.columns(["workspaceId", "rule", "agentId"]).where("resolvedAt", "is", null).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function setAlertResolvedIfStandingAcrossWorkspaces(
  tx: Db,
  of: { workspaceId: string; alertId: string; at: Date },
): Promise<boolean> {
  const done = await tx
    .updateTable("alerts")
    .set({ resolvedAt: of.at })
    .where("workspaceId", "=", of.workspaceId)
    .where("id", "=", of.alertId)
    .where("resolvedAt", "is", null)
    .returning("id")
    .executeTakeFirst();
  return done !== undefined;
}

/** Null: it would be raised again right now. */
export async function setCalmSinceAcrossWorkspaces(
  db: Db,
  of: { workspaceId: string; alertId: string; calmSince: Date | null },
): Promise<void> {
  await db
    .updateTable("alerts")
    .set({ calmSince: of.calmSince })
    .where("workspaceId", "=", of.workspaceId)
    .where("id", "=", of.alertId)
    .where("resolvedAt", "is", null)
    .execute();
}

export type Subject = { workspaceId: string; workspaceName: string; agentId: string; agentName: string; byMail: boolean };
export type Failing = Subject & { calls: number; failedCalls: number };
export type RateLimits = { from: Date; thresholdPercent: number; callsMin: number; byMail: boolean; limit: number };

/** Agents over their workspace's threshold for which nothing stands. */
export async function listFailingAgentsAcrossWorkspaces(db: Db, asked: RateLimits): Promise<Failing[]> {
  const { rows } = await sql<Failing>`
    with sums as (
      select workspace_id, agent_id, sum(calls)::float8 as calls, sum(failed_calls)::float8 as failed_calls
      from usage_minutes where minute >= ${asked.from} group by 1, 2 having sum(failed_calls) > 0
    )
    select sums.*, workspaces.name as workspace_name, agents.name as agent_name, coalesce(s.by_mail, ${asked.byMail}::boolean) as by_mail
    from sums
    join agents on agents.id = sums.agent_id and agents.workspace_id = sums.workspace_id and agents.deleted_at is null
    join workspaces on workspaces.id = sums.workspace_id and workspaces.disabled_at is null
    left join alert_settings s on s.workspace_id = sums.workspace_id and s.rule = 'error_rate'
    where sums.calls >= coalesce(s.calls_min, ${asked.callsMin}::int)
      and sums.failed_calls * 100 >= sums.calls * coalesce(s.threshold_percent, ${asked.thresholdPercent}::int)
      and not exists (
        select from alerts a where a.workspace_id = sums.workspace_id and a.agent_id = sums.agent_id
          and a.rule = 'error_rate' and a.resolved_at is null)
    order by sums.workspace_id, sums.agent_id limit ${asked.limit}`.execute(db);
  return rows;
}

export type Standing = Subject & {
  /** Its agent was deleted. */
  isGone: boolean;
  alertId: string;
  raisedAt: Date;
  calmSince: Date | null;
  calls: number;
  failedCalls: number;
  thresholdPercent: number;
};

/** What stands about error rates, with what came since `from`; those judged longest ago come first, as they were raised. */
export async function listStandingRatesAcrossWorkspaces(
  db: Db,
  asked: Omit<RateLimits, "callsMin"> & { after: string },
): Promise<Standing[]> {
  const { rows } = await sql<Standing>`
    select a.id as alert_id, a.workspace_id, workspaces.name as workspace_name, a.agent_id, agents.name as agent_name,
      a.raised_at, a.calm_since, coalesce(s.by_mail, ${asked.byMail}::boolean) as by_mail, agents.deleted_at is not null as is_gone,
      coalesce(s.threshold_percent, ${asked.thresholdPercent}::int) as threshold_percent,
      coalesce(sums.calls, 0) as calls, coalesce(sums.failed_calls, 0) as failed_calls
    from alerts a
    join agents on agents.id = a.agent_id and agents.workspace_id = a.workspace_id
    join workspaces on workspaces.id = a.workspace_id
    left join alert_settings s on s.workspace_id = a.workspace_id and s.rule = 'error_rate'
    left join lateral (
      select sum(calls)::float8 as calls, sum(failed_calls)::float8 as failed_calls from usage_minutes m
      where m.workspace_id = a.workspace_id and m.agent_id = a.agent_id and m.minute >= ${asked.from}
    ) sums on true
    where a.rule = 'error_rate' and a.resolved_at is null and a.id > ${asked.after} order by a.id limit ${asked.limit}`.execute(
    db,
  );
  return rows;
}

export type FailedVersion = Subject & { deploymentId: string; version: number; failureCode: string | null };

/** Agents whose newest settled version failed lately and was not raised yet. */
export async function listFailedVersionsAcrossWorkspaces(
  db: Db,
  asked: { since: Date; byMail: boolean; limit: number },
): Promise<FailedVersion[]> {
  const { rows } = await sql<FailedVersion>`
    select d.workspace_id, workspaces.name as workspace_name, d.agent_id, agents.name as agent_name,
      d.id as deployment_id, d.version, d.failure_code, coalesce(s.by_mail, ${asked.byMail}::boolean) as by_mail
    from deployments d
    join agents on agents.id = d.agent_id and agents.workspace_id = d.workspace_id and agents.deleted_at is null
    join workspaces on workspaces.id = d.workspace_id and workspaces.disabled_at is null
    left join alert_settings s on s.workspace_id = d.workspace_id and s.rule = 'deployment_failed'
    where d.status = 'failed' and d.finished_at >= ${asked.since}
      and not exists (
        select from deployments later where later.workspace_id = d.workspace_id and later.agent_id = d.agent_id
          and later.version > d.version and later.status in ('failed', 'active', 'ready', 'superseded'))
      and not exists (
        select from alerts a where a.workspace_id = d.workspace_id and a.agent_id = d.agent_id
          and a.rule = 'deployment_failed' and (a.resolved_at is null or a.facts ->> 'deploymentId' = d.id))
    order by d.workspace_id, d.id limit ${asked.limit}`.execute(db);
  return rows;
}

export type Recovered = Subject & { isGone: boolean; alertId: string; raisedAt: Date; facts: AlertFacts };

/** Standing alerts about failed versions of agents that have a later version which worked, or that are gone. */
export async function listRecoveredAgentsAcrossWorkspaces(
  db: Db,
  asked: { byMail: boolean; limit: number },
): Promise<Recovered[]> {
  const { rows } = await sql<Recovered>`
    select a.id as alert_id, a.workspace_id, workspaces.name as workspace_name, a.agent_id, agents.name as agent_name,
      a.raised_at, a.facts, coalesce(s.by_mail, ${asked.byMail}::boolean) as by_mail, agents.deleted_at is not null as is_gone
    from alerts a
    join agents on agents.id = a.agent_id and agents.workspace_id = a.workspace_id
    join workspaces on workspaces.id = a.workspace_id
    left join alert_settings s on s.workspace_id = a.workspace_id and s.rule = 'deployment_failed'
    where a.rule = 'deployment_failed' and a.resolved_at is null
      and (agents.deleted_at is not null or (
        select d.status from deployments d where d.workspace_id = a.workspace_id and d.agent_id = a.agent_id
          and d.status in ('failed', 'active', 'ready', 'superseded') order by d.version desc limit 1) <> 'failed')
    order by a.id limit ${asked.limit}`.execute(db);
  return rows;
}

/** Owners and admins who may be written to. */
export function listAlertReadersAcrossWorkspaces(db: Db, workspaceId: string, limit: number) {
  return db
    .selectFrom("memberships")
    .innerJoin("users", "users.id", "memberships.userId")
    .select(["users.email", "users.displayName"])
    .where("memberships.workspaceId", "=", workspaceId)
    .where("memberships.role", "in", ["owner", "admin"])
    .where("users.emailVerifiedAt", "is not", null)
    .where("users.disabledAt", "is", null)
    .orderBy("users.id")
    .limit(limit)
    .execute();
}

/** Which one of its workspace it was within the day that it ended: 1 for the first. */
export async function placeOfAlertInDayAcrossWorkspaces(
  tx: Db,
  of: { workspaceId: string; alertId: string; dayBegan: Date },
): Promise<number> {
  const { count } = await tx
    .selectFrom("alerts")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("workspaceId", "=", of.workspaceId)
    .where("id", "<=", of.alertId)
    .where("raisedAt", ">", of.dayBegan)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export type RaisedAlert = { rule: AlertRule; facts: AlertFacts };
