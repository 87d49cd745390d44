// Lines as people look for them: a bounded number is searched at once, from a place on, back or forth.
import { type RawBuilder, sql } from "kysely";
import type { LogStream } from "~/db/tables/agent-logs";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";

export type LinesFilter = {
  agentId: string;
  search: string | null;
  stream: LogStream | null;
  deploymentId: string | null;
  traceId: string | null;
  sessionId: string | null;
  from: Date;
  to: Date;
};

/** `behind`: the id before which (newest first) or after which (oldest first) it begins. */
export type LinesScan = { isNewestFirst: boolean; behind: number | null; scannedMax: number; limit: number };

export type FoundLine = {
  id: number;
  at: Date;
  stream: LogStream;
  line: string;
  isCut: boolean;
  deploymentId: string;
  version: number | null;
  traceId: string | null;
  sessionId: string | null;
};

/** `scanned` lines were looked at, as far as `edge`: null when there was none. */
export type ScannedLines = { lines: FoundLine[]; scanned: number; edge: number | null };

type ScanRow = FoundLine & { scanned: number; edge: number | null };

/** In the order of the scan. */
export async function listScannedLines(
  tx: Tx,
  scope: WorkspaceScope,
  filter: LinesFilter,
  scan: LinesScan,
): Promise<ScannedLines> {
  const [direction, edge] = scan.isNewestFirst ? [sql`desc`, sql`min(id)`] : [sql`asc`, sql`max(id)`];
  const { rows } = await sql<ScanRow>`
    with scanned as materialized (
      select id, at, retention_class, ${fits(filter)} as fits from agent_log_lines
      where workspace_id = ${scope.workspaceId} and agent_id = ${filter.agentId} and at >= ${filter.from} and at < ${filter.to}${behind(scan)}
      order by id ${direction} limit ${scan.scannedMax}
    ), edge as (select count(*) as scanned, ${edge} as edge from scanned)
    select edge.scanned, edge.edge, found.*, deployments.version
    from edge left join lateral (
      select lines.id, lines.at, lines.stream, lines.line, lines.is_cut, lines.deployment_id, lines.trace_id, lines.session_id
      from (select id, at, retention_class from scanned where fits order by id ${direction} limit ${scan.limit}) as picked
      join agent_log_lines as lines on lines.workspace_id = ${scope.workspaceId} and lines.agent_id = ${filter.agentId}
        and lines.id = picked.id and lines.retention_class = picked.retention_class and lines.at = picked.at
    ) as found on true
    left join deployments on deployments.workspace_id = ${scope.workspaceId} and deployments.id = found.deployment_id
    order by found.id ${direction}`.execute(tx);
  const [first] = rows;
  const lines = rows.filter(({ id }) => id !== null).map(({ scanned: _scanned, edge: _edge, ...line }) => line);
  return { lines, scanned: first?.scanned ?? 0, edge: first?.edge ?? null };
}

function fits({ search, stream, deploymentId, traceId, sessionId }: LinesFilter): RawBuilder<boolean> {
  // As a literal, which an automaton finds in one pass: ILIKE begins anew at each letter, half a minute long for words made for it.
  const pattern = search === null ? null : `***=${search}`;
  const conditions = [
    ...(pattern === null ? [] : [sql`line ~* ${pattern}`]),
    ...(stream === null ? [] : [sql`stream = ${stream}`]),
    ...(deploymentId === null ? [] : [sql`deployment_id = ${deploymentId}`]),
    ...(traceId === null ? [] : [sql`trace_id is not distinct from ${traceId}`]),
    ...(sessionId === null ? [] : [sql`session_id is not distinct from ${sessionId}`]),
  ];
  return conditions.length === 0 ? sql`true` : sql`(${sql.join(conditions, sql` and `)})`;
}

function behind({ behind: id, isNewestFirst }: LinesScan) {
  if (id === null) return sql``;
  return isNewestFirst ? sql` and id < ${id}` : sql` and id > ${id}`;
}

/** The newest line of an agent; 0 when there is none. Every line that can be seen by now has no larger one. */
export async function findNewestLineId(tx: Tx, scope: WorkspaceScope, agentId: string): Promise<number> {
  const { rows } = await sql<{ id: number | null }>`
    select id from agent_log_lines where workspace_id = ${scope.workspaceId} and agent_id = ${agentId}
    order by id desc limit 1`.execute(tx);
  return rows[0]?.id ?? 0;
}

/** Lines that were not kept, on the days of a span. */
export async function sumLeftOut(
  tx: Tx,
  scope: WorkspaceScope,
  of: { agentId: string; deploymentId: string | null; from: Date; to: Date },
): Promise<number> {
  const [first, last] = [of.from, of.to].map((moment) => moment.toISOString().slice(0, 10)) as [string, string];
  const row = await tx
    .selectFrom("agentLogDays")
    .select(({ fn }) => fn.coalesce(fn.sum<number>("leftOut"), sql<number>`0`).as("leftOut"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", of.agentId)
    .where("day", ">=", first)
    .where("day", "<=", last)
    .$if(of.deploymentId !== null, (query) => query.where("deploymentId", "=", of.deploymentId))
    .executeTakeFirstOrThrow();
  return row.leftOut;
}

export async function hasAgent(tx: Tx, scope: WorkspaceScope, agentId: string): Promise<boolean> {
  const row = await tx
    .selectFrom("agents")
    .select("id")
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", agentId)
    .where("deletedAt", "is", null)
    .executeTakeFirst();
  return row !== undefined;
}
