// The two ways to open a transaction: inside one workspace (row-level security bound), or plain.
import { sql, type Transaction } from "kysely";
import type { Db } from "./client";
import type { Schema } from "./schema";

/** What every query takes: a handle that is inside a transaction or a pool. */
export type Tx = Transaction<Schema>;

/** Runs `act` in one transaction in which only rows of `workspaceId` can be seen or written (MISSION A4). */
export function inWorkspace<T>(db: Db, workspaceId: string, act: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await sql`select set_config('whs.workspace_id', ${workspaceId}, true)`.execute(tx);
    return act(tx);
  });
}

/** Runs `act` in one transaction of a handle whose role is not bound to a workspace. */
export function inTransaction<T>(db: Db, act: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(act);
}
