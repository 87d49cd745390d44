// Before old key-encryption keys are thrown away the database is asked: what a lost key wraps never opens again.
import path from "node:path";
import { openDb } from "~/db/client";
import { listKeysInUseAcrossWorkspaces } from "~/server/rotation/rotation.queries";
import { createLocalKey } from "~/server/vault/local-key";
import { migrateDatabase } from "./migrate-database";
import { ensurePostgres } from "./postgres";
import { prepareDataDirectory } from "./prepare-data-directory";
import { LaunchProblem } from "./problem";
import type { LaunchSettings } from "./read-settings";

const connectionsMax = 100;

/** Rejects with a `LaunchProblem` while a data key is wrapped by one of them. A PostgreSQL that already runs is used and left running. */
export async function assertNothingNeeds(formerKeys: string | undefined, settings: LaunchSettings): Promise<void> {
  const ids = (formerKeys?.split(",") ?? []).map((hex) => createLocalKey(Buffer.from(hex, "hex")).id);
  const needed = (await listKeysInUse(settings)).filter((id) => ids.includes(id));
  if (needed.length === 0) return;
  throw new LaunchProblem(
    `Data keys are still wrapped by ${needed.join(", ")}; without it they never open again. Start, wait until Platform, Keys calls it unused, then say this again.`,
  );
}

async function listKeysInUse(settings: LaunchSettings): Promise<string[]> {
  const directory = path.join(prepareDataDirectory(settings.dataDir), "postgres");
  const postgres = await ensurePostgres({ directory, databaseUrl: settings.databaseUrl, durable: true, connectionsMax });
  try {
    await migrateDatabase(postgres.url);
    const db = openDb({ url: postgres.url, role: "owner", connectionsMax: 1 });
    return await listKeysInUseAcrossWorkspaces(db).finally(() => db.destroy());
  } finally {
    if (!postgres.wasAdopted) await postgres.stop();
  }
}
