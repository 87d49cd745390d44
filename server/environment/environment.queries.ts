// The one row that says whose this database is.
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
