// `npm run seed -- list` and `npm run seed -- run <world>`: puts a named world into this machine's database, beside what is there.
import path from "node:path";
import { openDb } from "~/db/client";
import { seedPassword, type Tenant, type World } from "~/db/seed/world";
import { worlds } from "~/db/seed/worlds";
import { migrateDatabase } from "./migrate-database";
import { ensurePostgres } from "./postgres";
import { prepareDataDirectory } from "./prepare-data-directory";
import { LaunchProblem } from "./problem";
import { readSettings } from "./read-settings";

const connectionsMax = 100;

export async function seed([act = "list", name = "", ...rest]: string[]): Promise<number> {
  if (act === "list" && name === "") {
    for (const [known, world] of Object.entries(worlds)) process.stdout.write(`${known.padEnd(14)} ${world.about}\n`);
    return 0;
  }
  const world = worlds[name];
  if (act !== "run" || !world || rest.length > 0)
    throw new LaunchProblem(`Say "list", or "run" and one of: ${Object.keys(worlds).join(", ")}.`);
  for (const { email, workspaceId } of await grow(world))
    process.stdout.write(`${email} owns ${workspaceId}; the password is "${seedPassword}"\n`);
  return 0;
}

/** A PostgreSQL that already runs is used and left running. */
async function grow(world: World): Promise<Tenant[]> {
  const settings = readSettings(process.env);
  if (settings.isProduction)
    throw new LaunchProblem("PUBLIC_URL says that this is production: a seed's password is known to everybody.");
  const directory = path.join(prepareDataDirectory(settings.dataDir), "postgres");
  const postgres = await ensurePostgres({ directory, databaseUrl: settings.databaseUrl, durable: true, connectionsMax });
  const db = openDb({ url: postgres.url, role: "owner", connectionsMax: 2 });
  try {
    await migrateDatabase(postgres.url);
    return await world.grow(db);
  } catch (cause) {
    if ((cause as { code?: string }).code !== "23505") throw cause;
    throw new LaunchProblem("This world is already there: its addresses are taken. Use another DATA_DIR to begin anew.", {
      cause,
    });
  } finally {
    await db.destroy();
    if (!postgres.wasAdopted) await postgres.stop();
  }
}
