// The two ways to open a transaction: inside one workspace (row-level security bound), or plain.
import { sql, type Transaction } from "kysely";
import { gatherActs } from "./after-commit";
import { wordArray } from "./array-text";
import type { Db } from "./client";
import type { Schema } from "./schema";

/** What every query takes: a handle that is inside a transaction or a pool. */
export type Tx = Transaction<Schema>;

/** A key that may act upon some agents only; for it the others of the workspace do not exist. */
export type NamedAgents = { keyId: string; agentIds: readonly string[] };

/** Wants to write into each transaction that is about to commit something; see `server/idempotency/`. */
export interface Witness {
  /** Called last in every transaction. When it rejects, nothing is committed. */
  committing(tx: Tx): Promise<void>;
  /** Called before it when the transaction's value is the answer of the whole request. */
  answering(tx: Tx, answer: unknown): Promise<void>;
}

/** How much of the tables a transaction sees, and who witnesses it. A WorkspaceScope is one. */
export type Bounds = { workspaceId: string; namedAgents: NamedAgents | null; witness?: Witness | undefined };

/**
 * Runs `act` in one transaction in which only rows within the bounds can be seen or written (MISSION A4, E4). Callers hand
 * their scope over whole, so that none forgets the agents that a key is limited to.
 */
export function inWorkspace<T>(db: Db, bounds: Bounds, act: (tx: Tx) => Promise<T>): Promise<T> {
  const { workspaceId, namedAgents, witness } = bounds;
  return untilCommitted(db, async (tx) => {
    await sql`
      select set_config('whs.workspace_id', ${workspaceId}, true), set_config('whs.key_id', ${namedAgents?.keyId ?? ""}, true),
        set_config('whs.agent_ids', ${namedAgents ? wordArray(namedAgents.agentIds) : ""}, true)`.execute(tx);
    const value = await act(tx);
    await witness?.committing(tx);
    return value;
  });
}

/**
 * As `inWorkspace`, for an act whose value is what the caller of the verb is answered: a request with an idempotency key then has
 * its answer kept in the very commit of its act.
 */
export function answerInWorkspace<T>(db: Db, bounds: Bounds, act: (tx: Tx) => Promise<T>): Promise<T> {
  return inWorkspace(db, bounds, async (tx) => {
    const answer = await act(tx);
    await bounds.witness?.answering(tx, answer);
    return answer;
  });
}

/**
 * As `inWorkspace`, but PostgreSQL itself refuses any write or row lock within: for foreseeing what an act would do (AHEAD 14), and
 * for whatever else must leave every row as it was.
 */
export function readInWorkspace<T>(db: Db, bounds: Bounds, act: (tx: Tx) => Promise<T>): Promise<T> {
  return inWorkspace(db, { ...bounds, witness: undefined }, async (tx) => {
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
