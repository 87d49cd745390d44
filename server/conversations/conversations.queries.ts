// The switch of each agent, and kept turns as they are read, deleted and run out.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { InvocationOutcome } from "~/db/tables/invocations";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";

/** Null: there is no such agent. */
export function findKeeping(tx: Tx, scope: WorkspaceScope, agentId: string) {
  return tx
    .selectFrom("agents")
    .leftJoin("conversationSettings", "conversationSettings.agentId", "agents.id")
    .select(["agents.id as agentId", "conversationSettings.keepDays", "conversationSettings.keptSince"])
    .select((row) =>
      row
        .selectFrom("conversationTurns")
        .select(({ fn }) => fn.countAll<number>().as("turns"))
        .whereRef("conversationTurns.agentId", "=", "agents.id")
        .as("turnsKept"),
    )
    .where("agents.workspaceId", "=", scope.workspaceId)
    .where("agents.id", "=", agentId)
    .where("agents.deletedAt", "is", null)
    .executeTakeFirst();
}

/** Of two who switch at once the second waits for the first. */
export async function lockAgentOfKeeping(tx: Tx, scope: WorkspaceScope, agentId: string): Promise<boolean> {
  const row = await tx
    .selectFrom("agents")
    .select("id")
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", agentId)
    .where("deletedAt", "is", null)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

export async function setKeeping(
  tx: Tx,
  scope: WorkspaceScope,
  keeping: { agentId: string; keepDays: number; since: Date; setBy: string },
): Promise<void> {
  const { agentId, keepDays, since, setBy } = keeping;
  await tx
    .insertInto("conversationSettings")
    .values({ agentId, workspaceId: scope.workspaceId, keepDays, keptSince: since, setBy })
    .onConflict((row) => row.column("agentId").doUpdateSet({ keepDays, setBy }))
    .execute();
}

/** Whether it was on. */
export async function deleteKeeping(tx: Tx, scope: WorkspaceScope, agentId: string): Promise<boolean> {
  const gone = await tx
    .deleteFrom("conversationSettings")
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", agentId)
    .executeTakeFirst();
  return gone.numDeletedRows > 0n;
}

/** A shorter time counts for what is there already; a longer one was not what its people were told. */
export async function setTurnsExpiringSooner(
  tx: Tx,
  scope: WorkspaceScope,
  kept: { agentId: string; keepDays: number },
): Promise<void> {
  await sql`
    update conversation_turns set expires_at = started_at + make_interval(days => ${kept.keepDays}::int)
    where workspace_id = ${scope.workspaceId} and agent_id = ${kept.agentId}
      and expires_at > started_at + make_interval(days => ${kept.keepDays}::int)`.execute(tx);
}

/** Answers how many went. */
export async function deleteTurns(
  tx: Tx,
  scope: WorkspaceScope,
  of: { agentId: string; sessionId: string | null },
): Promise<number> {
  const gone = await tx
    .deleteFrom("conversationTurns")
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", of.agentId)
    .$if(of.sessionId !== null, (query) => query.where("sessionId", "=", of.sessionId))
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
}

export type TurnFilter = { agentId: string; sessionId: string; after: string; now: Date; limit: number };

/** Oldest first, behind `after`. */
export function listTurns(tx: Tx, scope: WorkspaceScope, filter: TurnFilter) {
  return tx
    .selectFrom("conversationTurns")
    .select(["id", "traceId", "deploymentId", "outcome", "sealedTurn", "isCut", "startedAt", "expiresAt"])
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", filter.agentId)
    .where("sessionId", "=", filter.sessionId)
    .where("id", ">", filter.after)
    .where("expiresAt", ">", filter.now)
    .orderBy("id")
    .limit(filter.limit)
    .execute();
}

/** Whether the workspace knows this session of the agent: by a session that is open, a call, or a kept turn. */
export async function hasSession(tx: Tx, scope: WorkspaceScope, of: { agentId: string; sessionId: string }): Promise<boolean> {
  const { rows } = await sql<{ isKnown: boolean }>`
    select exists (select from agent_sessions where workspace_id = ${scope.workspaceId} and agent_id = ${of.agentId}
        and id = ${of.sessionId})
      or exists (select from invocations where workspace_id = ${scope.workspaceId} and agent_id = ${of.agentId}
        and session_id = ${of.sessionId})
      or exists (select from conversation_turns where workspace_id = ${scope.workspaceId} and agent_id = ${of.agentId}
        and session_id = ${of.sessionId}) as is_known`.execute(tx);
  return rows[0]?.isKnown ?? false;
}

export type NewTurn = {
  id: string;
  workspaceId: string;
  agentId: string;
  sessionId: string;
  deploymentId: string;
  traceId: string;
  principal: string;
  outcome: InvocationOutcome;
  sealedTurn: Buffer;
  isCut: boolean;
  startedAt: Date;
};

/**
 * Writes those whose agent keeps conversations in this very moment, and since before their call began: whoever switched it off has
 * then seen the last one. A second try writes nothing twice.
 */
export async function insertTurnsIfKeptAcrossWorkspaces(db: Db, turns: NewTurn[]): Promise<number> {
  const records = JSON.stringify(
    turns.map((turn) => ({
      id: turn.id,
      workspace_id: turn.workspaceId,
      agent_id: turn.agentId,
      session_id: turn.sessionId,
      deployment_id: turn.deploymentId,
      trace_id: turn.traceId,
      principal: turn.principal,
      outcome: turn.outcome,
      sealed: turn.sealedTurn.toString("base64"),
      is_cut: turn.isCut,
      started_at: turn.startedAt,
    })),
  );
  const { numAffectedRows } = await sql`
    with settings as (
      select agent_id, workspace_id, keep_days, kept_since from conversation_settings
      where agent_id = any (${[...new Set(turns.map(({ agentId }) => agentId))]}::text[]) order by agent_id for share
    )
    insert into conversation_turns (id, workspace_id, agent_id, session_id, deployment_id, trace_id, principal, outcome, sealed_turn,
      is_cut, started_at, expires_at)
    select turn.id, turn.workspace_id, turn.agent_id, session_id, deployment_id, trace_id, principal, outcome,
      decode(sealed, 'base64'), is_cut, started_at, started_at + make_interval(days => keep_days)
    from json_to_recordset(${records}::json) as turn (id text, workspace_id text, agent_id text, session_id text, deployment_id text,
      trace_id text, principal text, outcome text, sealed text, is_cut boolean, started_at timestamptz)
    join settings on settings.agent_id = turn.agent_id and settings.workspace_id = turn.workspace_id and kept_since <= started_at
    on conflict (id) do nothing`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Answers how many went. */
export async function deleteExpiredTurnsAcrossWorkspaces(db: Db, old: { now: Date; limit: number }): Promise<number> {
  const gone = await db
    .deleteFrom("conversationTurns")
    .where("id", "in", (query) =>
      query.selectFrom("conversationTurns").select("id").where("expiresAt", "<=", old.now).orderBy("expiresAt").limit(old.limit),
    )
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
}

/** In the order of their ids, behind `after`, for a data key that replaces another. */
export function listSealedTurnsAcrossWorkspaces(db: Db, asked: { workspaceId: string; after: string; limit: number }) {
  return db
    .selectFrom("conversationTurns")
    .select(["id", "agentId", "sessionId", "sealedTurn"])
    .where("workspaceId", "=", asked.workspaceId)
    .where("id", ">", asked.after)
    .orderBy("id")
    .limit(asked.limit)
    .execute();
}

/** The same turn in another envelope. False when it is gone. */
export async function setResealedTurnIfSameAcrossWorkspaces(
  db: Db,
  turn: { workspaceId: string; id: string; before: Buffer; sealedTurn: Buffer },
): Promise<boolean> {
  const done = await db
    .updateTable("conversationTurns")
    .set({ sealedTurn: turn.sealedTurn })
    .where("workspaceId", "=", turn.workspaceId)
    .where("id", "=", turn.id)
    .where("sealedTurn", "=", turn.before)
    .returning("id")
    .executeTakeFirst();
  return done !== undefined;
}
