// A database of its own for each test file: a clone of the migrated template, made in milliseconds.
import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { type Db, openDb } from "./client";

export type TestDatabase = {
  url: string;
  /** Owns the schema: sees and may do everything. For looking at what the code under test did. */
  owner: Db;
  /** Bound by row-level security. */
  app: Db;
  across: Db;
  /** As `across`, with connections of its own: the vault is asked from within transactions. */
  forVault: Db;
  /** Empties every table but keeps the schema: for files that want each test to begin with nothing. */
  empty(): Promise<void>;
  /** Closes the handles and drops the database. */
  dispose(): Promise<void>;
};

/** Clones the template. Call it once per file, in `beforeAll`, and `dispose()` in `afterAll`. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, templateDatabase } = inject("testGround");
  const name = `test_${randomBytes(8).toString("hex")}`;
  // Copied as files: written through the log, as PostgreSQL would by itself, a clone costs ten times as much.
  await asAdmin(adminUrl, `create database ${name} template ${templateDatabase} strategy file_copy`);
  const url = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
  const open = (role: "owner" | "app" | "across", connectionsMax = 10) => openDb({ url, role, connectionsMax });
  const [owner, app, across, forVault] = [open("owner"), open("app"), open("across"), open("across", 2)];
  const emptier = openEmptier(url);
  return {
    url,
    owner,
    app,
    across,
    forVault,
    empty: () => emptyTables(emptier),
    dispose: async () => {
      await Promise.all([emptier.end(), ...[owner, app, across, forVault].map((handle) => handle.destroy())]);
      await asAdmin(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

async function asAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** One connection that stays: a new one would learn each table anew, which costs ten times as much as emptying them. */
function openEmptier(connectionString: string): pg.Pool {
  // The foreign keys are told to look away.
  const pool = new pg.Pool({ connectionString, max: 1, idleTimeoutMillis: 0, options: "-c session_replication_role=replica" });
  // The next use opens another.
  pool.on("error", () => undefined);
  return pool;
}

/** DELETE beats TRUNCATE on small tables by far. */
async function emptyTables(emptier: pg.Pool): Promise<void> {
  const { rows } = await emptier.query<{ statements: string | null }>(`
    select string_agg(format('delete from %I', tablename), '; ') as statements from pg_tables
    where schemaname = 'public' and tablename not like 'kysely_%'`);
  await emptier.query(rows[0]?.statements ?? "select");
}
