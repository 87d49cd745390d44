// Brings a database to the newest schema; safe to run from several processes at once.
import { type Migration, Migrator } from "kysely";
import type { Db } from "./client";
import * as m0001 from "./migrations/0001-identity";
import * as m0002 from "./migrations/0002-agents";
import * as m0003 from "./migrations/0003-usage";
import * as m0004 from "./migrations/0004-row-level-security";

export const migrations: Record<string, Migration> = {
  "0001-identity": m0001,
  "0002-agents": m0002,
  "0003-usage": m0003,
  "0004-row-level-security": m0004,
};

/** Runs what is missing, in order, under an advisory lock. Takes a handle of role `owner`. Returns the names that ran. */
export async function migrateToLatest(db: Db): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error, results } = await migrator.migrateToLatest();
  if (error) {
    const failed = results?.find((result) => result.status === "Error");
    throw new Error(`The database could not be migrated${failed ? ` (${failed.migrationName})` : ""}.`, { cause: error });
  }
  return (results ?? []).filter((result) => result.status === "Success").map((result) => result.migrationName);
}
