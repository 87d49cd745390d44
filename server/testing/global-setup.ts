// Before the first test: a throw-away PostgreSQL with a migrated template, a throw-away Redis; afterwards nothing is left.
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, statfsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { openDb } from "~/db/client";
import { migrateToLatest } from "~/db/migrate";
import { ensurePostgres } from "~/launch/postgres";
import { ensureRedis } from "~/launch/redis";
import { prepareRunDirectory } from "~/launch/run-directory";
import { startReaper } from "./start-reaper";

declare module "vitest" {
  interface ProvidedContext {
    /** The throw-away servers of this run. */
    testGround: TestGround;
  }
}

export type TestGround = {
  /** Address of the server's `postgres` database: test databases are cloned and dropped through it. */
  adminUrl: string;
  /** Migrated, and never connected to again: it is only cloned. */
  templateDatabase: string;
  /** Without a logical database; each worker adds its own. */
  redisUrl: string;
  /** Everything that tests write on disk lies under it. */
  directory: string;
};

const memoryBytesMin = 1_000_000_000;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = realpathSync(mkdtempSync(path.join(roomiestPlace(), "whs-test-")));
  // Run by root, PostgreSQL works as another user that must pass through; what lies inside is private by itself.
  chmodSync(directory, 0o711);
  const reaper = startReaper(directory);
  mkdirSync(path.join(directory, "files"), { mode: 0o755 });
  const runDirectory = prepareRunDirectory(directory);
  const [postgres, redis] = await Promise.all([
    ensurePostgres({ directory: path.join(directory, "postgres"), durable: false, connectionsMax: 200 }),
    ensureRedis({
      directory: path.join(directory, "redis"),
      runDirectory,
      durable: false,
      cacheDirectory: path.resolve(".cache"),
      progress: (line) => process.stderr.write(`${line} …\n`),
    }),
  ]);
  const templateDatabase = await makeTemplate(postgres.url);
  const adminUrl = databaseUrl(postgres.url, "postgres");
  project.provide("testGround", { adminUrl, templateDatabase, redisUrl: redis.url, directory });
  return reaper;
}

/** Memory when there is enough of it, else the ordinary place for temporary files. */
function roomiestPlace(): string {
  try {
    const { bavail, bsize } = statfsSync("/dev/shm");
    return bavail * bsize > memoryBytesMin ? "/dev/shm" : os.tmpdir();
  } catch {
    return os.tmpdir();
  }
}

async function makeTemplate(url: string): Promise<string> {
  const name = `template_${migrationsDigest()}`;
  const admin = new pg.Client({ connectionString: databaseUrl(url, "postgres") });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const db = openDb({ url: databaseUrl(url, name), role: "owner", connectionsMax: 2 });
  await migrateToLatest(db);
  await db.destroy();
  return name;
}

function migrationsDigest(): string {
  const folder = path.resolve("db/migrations");
  const digest = createHash("sha256");
  for (const name of readdirSync(folder).sort()) digest.update(name).update(readFileSync(path.join(folder, name)));
  return digest.digest("hex").slice(0, 12);
}

function databaseUrl(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
