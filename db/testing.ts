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
  await asAdmin(adminUrl, `create database ${name} template ${templateDatabase}`);
  const url = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
  const open = (role: "owner" | "app" | "across", connectionsMax = 10) => openDb({ url, role, connectionsMax });
  const [owner, app, across, forVault] = [open("owner"), open("app"), open("across"), open("across", 2)];
  return {
    url,
    owner,
    app,
    across,
    forVault,
    empty: () => emptyTables(url),
    dispose: async () => {
      await Promise.all([owner, app, across, forVault].map((handle) => handle.destroy()));
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

/** DELETE beats TRUNCATE on small tables by far; the foreign keys are told to look away while we do it. */
async function emptyTables(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ statements: string | null }>(`
      select string_agg(format('delete from %I', tablename), '; ') as statements from pg_tables
      where schemaname = 'public' and tablename not like 'kysely_%'`);
    await client.query(`set session_replication_role = replica; ${rows[0]?.statements ?? "select"}`);
  } finally {
    await client.end();
  }
}
