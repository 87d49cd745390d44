// The two ways to open a transaction: inside one workspace (row-level security bound), or plain.
import { sql, type Transaction } from "kysely";
import { gatherActs } from "./after-commit";
import type { Db } from "./client";
import type { Schema } from "./schema";

/** What every query takes: a handle that is inside a transaction or a pool. */
export type Tx = Transaction<Schema>;

/** A key that may act upon some agents only; for it the others of the workspace do not exist. */
export type NamedAgents = { keyId: string; agentIds: readonly string[] };

/** How much of the tables a transaction sees. A WorkspaceScope is one. */
export type Bounds = { workspaceId: string; namedAgents: NamedAgents | null };

/**
 * Runs `act` in one transaction in which only rows within the bounds can be seen or written (MISSION A4, E4). Callers hand
 * their scope over whole, so that none forgets the agents that a key is limited to.
 */
export function inWorkspace<T>(db: Db, { workspaceId, namedAgents }: Bounds, act: (tx: Tx) => Promise<T>): Promise<T> {
  return untilCommitted(db, async (tx) => {
    await sql`
      select set_config('whs.workspace_id', ${workspaceId}, true), set_config('whs.key_id', ${namedAgents?.keyId ?? ""}, true),
        set_config('whs.agent_ids', ${namedAgents ? arrayText(namedAgents.agentIds) : ""}, true)`.execute(tx);
    return act(tx);
  });
}

/**
 * As `inWorkspace`, but PostgreSQL itself refuses any write or row lock within: for foreseeing what an act would do (AHEAD 14), and
 * for whatever else must leave every row as it was.
 */
export function readInWorkspace<T>(db: Db, bounds: Bounds, act: (tx: Tx) => Promise<T>): Promise<T> {
  return inWorkspace(db, bounds, async (tx) => {
    await sql`set transaction read only`.execute(tx);
    return act(tx);
  });
}

/** Runs `act` in one transaction of a handle whose role is not bound to a workspace. */
export function inTransaction<T>(db: Db, act: (tx: Tx) => Promise<T>): Promise<T> {
  return untilCommitted(db, act);
}

async function untilCommitted<T>(db: Db, act: (tx: Tx) => Promise<T>): Promise<T> {
  const acts: (() => Promise<void>)[] = [];
  const answer = await db.transaction().execute((tx) => {
    gatherActs(tx, acts);
    return act(tx);
  });
  for (const next of acts) await next();
  return answer;
}

/** PostgreSQL's text form of an array; quoted, whatever an id holds. */
function arrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, "\\$&")}"`).join(",")}}`;
}
