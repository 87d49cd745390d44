// The one row that says whose this database is.
import { sql } from "kysely";
import type { Db } from "~/db/client";

/** The name that the database keeps; `environment` when it had none yet. Of two first starts at once one names it. */
export async function nameInstallationAcrossWorkspaces(db: Db, environment: string, at: Date): Promise<string> {
  await db
    .insertInto("installation")
    .values({ isOnly: true, environment, namedAt: at })
    .onConflict((conflict) => conflict.column("isOnly").doNothing())
    .execute();
  const row = await db.selectFrom("installation").select("environment").executeTakeFirstOrThrow();
  return row.environment;
}

export async function readAccountsAcrossWorkspaces(db: Db): Promise<Record<string, string>> {
  const row = await db.selectFrom("installation").select("accounts").executeTakeFirstOrThrow();
  return row.accounts;
}

/** The accounts that the database knows, with those of `accounts` that it had none for. Of two starts at once one names them. */
export async function keepAccountsAcrossWorkspaces(
  db: Db,
  accounts: Partial<Record<string, string>>,
): Promise<Record<string, string>> {
  const row = await db
    .updateTable("installation")
    .set({ accounts: sql<string>`${JSON.stringify(accounts)}::jsonb || accounts` })
    .returning("accounts")
    .executeTakeFirstOrThrow();
  return row.accounts;
}
