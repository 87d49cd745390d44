// What is to happen once a transaction has been committed: rings and signals, never writes.
import type { Transaction } from "kysely";
import type { Schema } from "./schema";

type Act = () => Promise<void>;

const waiting = new WeakMap<Transaction<Schema>, Act[]>();

/**
 * Runs `act` after the commit of `tx`; never, when it is rolled back. A process that dies in between forgets it, so only for
 * what a sweep heals. `act` must not reject.
 */
export function afterCommit(tx: Transaction<Schema>, act: Act): void {
  const acts = waiting.get(tx);
  if (!acts) throw new Error("Only a transaction of inTransaction or inWorkspace knows when it has been committed.");
  acts.push(act);
}

/** For `transaction.ts` alone: lets `tx` gather acts in the list that is run after its commit. */
export function gatherActs(tx: Transaction<Schema>, acts: Act[]): void {
  waiting.set(tx, acts);
}
