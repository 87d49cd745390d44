// Lines as they are taken in: whose a deployment is, how far its sources were read, what is counted of a day, and the lines themselves.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { AgentLogDaysTable, LogStream } from "~/db/tables/agent-logs";
import type { Runtime } from "~/db/tables/deployments";
import type { Tx } from "~/db/transaction";

/** Its tier decides for how long lines are kept that come now. */
export function findLogSourceAcrossWorkspaces(db: Db, deploymentId: string) {
  return db
    .selectFrom("deployments")
    .innerJoin("workspaces", "workspaces.id", "deployments.workspaceId")
    .select(["deployments.id as deploymentId", "deployments.workspaceId", "deployments.agentId", "workspaces.tier"])
    .where("deployments.id", "=", deploymentId)
    .executeTakeFirst();
}

/** Lines of one agent are written one group after the other, in every process: their ids then rise as they become visible. */
export async function lockAgentsOfLinesAcrossWorkspaces(tx: Tx, agentIds: string[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(id, 30) as key from unnest(${agentIds}::text[]) as id order by key
    ) as keys`.execute(tx);
}

export type SourceKey = { deploymentId: string; source: string };

/** How far each of them was taken in. */
export async function listLastSeqsAcrossWorkspaces(tx: Tx, keys: SourceKey[]): Promise<(SourceKey & { lastSeq: number })[]> {
  return tx
    .selectFrom("agentLogSources")
    .select(["deploymentId", "source", "lastSeq"])
    .where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple("deploymentId", "source"),
        "in",
        keys.map(({ deploymentId, source }) => tuple(deploymentId, source)),
      ),
    )
    .limit(keys.length)
    .execute();
}

export type DayCount = Omit<AgentLogDaysTable, "day">;

export function listDayCountsAcrossWorkspaces(tx: Tx, of: { deploymentIds: string[]; day: string }): Promise<DayCount[]> {
  return tx
    .selectFrom("agentLogDays")
    .select(["deploymentId", "workspaceId", "agentId", "lines", "bytes", "leftOut"])
    .select(["minute", "minuteLines", "minuteBytes", "untold"])
    .where("deploymentId", "in", of.deploymentIds)
    .where("day", "=", of.day)
    .limit(of.deploymentIds.length)
    .execute();
}

export async function setDayCountsAcrossWorkspaces(tx: Tx, counts: DayCount[], day: string): Promise<void> {
  await tx
    .insertInto("agentLogDays")
    .values(counts.map((count) => ({ ...count, day })))
    .onConflict((row) =>
      row.columns(["deploymentId", "day"]).doUpdateSet(({ ref }) => ({
        lines: ref("excluded.lines"),
        bytes: ref("excluded.bytes"),
        leftOut: ref("excluded.leftOut"),
        minute: ref("excluded.minute"),
        minuteLines: ref("excluded.minuteLines"),
        minuteBytes: ref("excluded.minuteBytes"),
        untold: ref("excluded.untold"),
      })),
    )
    .execute();
}

export type SourceMark = SourceKey & { workspaceId: string; agentId: string; lastSeq: number; seenAt: Date };

/** Never back. */
export async function setSourcesReadAcrossWorkspaces(tx: Tx, marks: SourceMark[]): Promise<void> {
  await tx
    .insertInto("agentLogSources")
    .values(marks.map((mark) => ({ ...mark, readTo: null })))
    .onConflict((row) =>
      row.columns(["deploymentId", "source"]).doUpdateSet(({ ref, fn }) => ({
        lastSeq: fn<number>("greatest", [ref("agentLogSources.lastSeq"), ref("excluded.lastSeq")]),
        seenAt: ref("excluded.seenAt"),
      })),
    )
    .execute();
}

export type NewLine = {
  retentionClass: string;
  at: Date;
  workspaceId: string;
  agentId: string;
  deploymentId: string;
  stream: LogStream;
  line: string;
  isCut: boolean;
  traceId: string | null;
  sessionId: string | null;
};

/** In their order: ids are given as they stand. */
export async function insertLogLinesAcrossWorkspaces(tx: Tx, lines: NewLine[]): Promise<void> {
  const records = JSON.stringify(
    lines.map((line, place) => ({
      place,
      retention_class: line.retentionClass,
      at: line.at,
      workspace_id: line.workspaceId,
      agent_id: line.agentId,
      deployment_id: line.deploymentId,
      stream: line.stream,
      line: line.line,
      is_cut: line.isCut,
      trace_id: line.traceId,
      session_id: line.sessionId,
    })),
  );
  await sql`
    insert into agent_log_lines (id, retention_class, at, workspace_id, agent_id, deployment_id, stream, line, is_cut, trace_id,
      session_id)
    select nextval('agent_log_line_ids'), retention_class, at, workspace_id, agent_id, deployment_id, stream, line, is_cut, trace_id,
      session_id
    from (
      select * from json_to_recordset(${records}::json) as row (place integer, retention_class text, at timestamptz, workspace_id text,
        agent_id text, deployment_id text, stream text, line text, is_cut boolean, trace_id text, session_id text)
      order by place
    ) as ordered`.execute(tx);
}

/** Makes the day's partition when it is missing; `day` is `YYYY-MM-DD`. */
export async function ensureLogPartitionAcrossWorkspaces(db: Db, retentionClass: string, day: string): Promise<void> {
  await sql`select ensure_log_partition(${retentionClass}, ${day}::date)`.execute(db);
}

export type PulledPlace = {
  deploymentId: string;
  agentId: string;
  workspaceId: string;
  runtime: Runtime;
  lastSeq: number | null;
  readTo: Date | null;
  readIds: string[] | null;
};

/** Versions on these runtimes that were called lately; who was read longest ago first. */
export async function listPulledPlacesAcrossWorkspaces(
  db: Db,
  asked: { runtimes: Runtime[]; calledSince: Date; limit: number },
): Promise<PulledPlace[]> {
  const { rows } = await sql<PulledPlace>`
    select deployments.id as deployment_id, deployments.agent_id, deployments.workspace_id, deployments.runtime, sources.last_seq,
      sources.read_to, sources.read_ids
    from deployments
    left join agent_log_sources as sources on sources.deployment_id = deployments.id and sources.source = 'pulled'
    where deployments.runtime = any (${asked.runtimes}::text[]) and deployments.placement_removed_at is null
      and deployments.status in ('ready', 'active', 'superseded')
      and exists (select from usage_hours where usage_hours.workspace_id = deployments.workspace_id
        and usage_hours.deployment_id = deployments.id and usage_hours.hour >= ${asked.calledSince})
    order by sources.seen_at nulls first limit ${asked.limit}`.execute(db);
  return rows;
}

/** How far a runtime that keeps its lines was read; with its lines in one transaction, and never back. */
export async function setPulledToIfLaterAcrossWorkspaces(
  tx: Tx,
  place: { deploymentId: string; readTo: Date; readIds: string[] },
): Promise<void> {
  await tx
    .updateTable("agentLogSources")
    .set({ readTo: place.readTo, readIds: JSON.stringify(place.readIds) })
    .where("deploymentId", "=", place.deploymentId)
    .where("source", "=", "pulled")
    .where(({ or, eb }) => or([eb("readTo", "is", null), eb("readTo", "<=", place.readTo)]))
    .execute();
}
