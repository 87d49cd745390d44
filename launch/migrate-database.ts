// Brings the database to the newest schema before any program touches it.
import { openDb } from "~/db/client";
import { migrateToLatest } from "~/db/migrate";
import { LaunchProblem } from "./problem";

/** A migration may rewrite a large table. */
const statementTimeoutMs = 1_800_000;

/** Throws {@link LaunchProblem} with the database's own reason. */
export async function migrateDatabase(url: string): Promise<void> {
  const db = openDb({ url, role: "owner", connectionsMax: 2, statementTimeoutMs });
  try {
    await migrateToLatest(db);
  } catch (cause) {
    const { message, cause: reason } = cause as Error;
    const why = reason instanceof Error ? reason.message : "";
    throw new LaunchProblem(
      `${message} ${why}. The user of DATABASE_URL must own the database and be allowed to create roles; the schema is left as it was.`,
      { cause },
    );
  } finally {
    await db.destroy();
  }
}
