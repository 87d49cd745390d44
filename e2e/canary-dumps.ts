// Takes the running product apart as a thief would: tables, write-ahead log, Redis, files, and the processes themselves.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Redis } from "ioredis";
import pg from "pg";
import { expect, vi } from "vitest";
import { type CanaryWorld, databaseSettings } from "./canary-world";

/** What is said of the processes of one product. `environment`: null when it cannot be read. */
export type ProcessFacts = { pid: number; commandLine: string; environment: string | null };

const tableRowsMax = 100_000;

async function withDatabase<T>(world: CanaryWorld, act: (client: pg.Client) => Promise<T>): Promise<T> {
  const { port, password } = JSON.parse(readFileSync(databaseSettings(world.product.dataDir), "utf8")) as {
    port: number;
    password: string;
  };
  const client = new pg.Client({ host: "127.0.0.1", port, user: "whs", database: "whs", password });
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}

/** Whole pages in the write-ahead log could else hide a canary from a search for its letters. Connections of before end. */
export async function writePlainLog(world: CanaryWorld): Promise<void> {
  await withDatabase(world, async (client) => {
    await client.query("alter database whs set wal_compression = off");
    await client.query("checkpoint");
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'whs' and pid <> pg_backend_pid()",
    );
  });
  // Whoever asks in this moment would meet a connection that has just ended.
  const isReady = async () => expect((await fetch(new URL("/readyz", world.product.url))).status).toBe(200);
  await vi.waitFor(isReady, { timeout: 20_000, interval: 100 });
}

/** Whether all that is connected now writes whole pages, and writes them as they are. */
async function writesPlainLog(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    "select name, setting from pg_settings where name in ('wal_compression', 'full_page_writes') order by name",
  );
  return JSON.stringify(rows.map(({ setting }) => setting)) === JSON.stringify(["on", "off"]);
}

/** Every table as text, with binary columns in hexadecimal and decoded; then everything on its way to disk is put there. */
export function dumpDatabase(world: CanaryWorld): Promise<number> {
  return withDatabase(world, async (client) => {
    const tables = await client.query<{ schema: string; name: string }>(
      "select schemaname as schema, tablename as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
    );
    for (const { schema, name } of tables.rows) {
      const rows = await client.query(`select * from "${schema}"."${name}" limit ${tableRowsMax}`);
      world.keep(`table-${name}`, rows.rows.map((row) => JSON.stringify(row, spellBinary)).join("\n"));
      world.keep(`table-${name}-bytes`, rows.rows.map((row) => Object.values(row).map(bytesOf).join(" ")).join("\n"));
    }
    if (!(await writesPlainLog(client)))
      throw new Error("PostgreSQL compresses its write-ahead log: canaries in it cannot be found.");
    await client.query("checkpoint");
    return tables.rows.length;
  });
}

function bytesOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString("latin1") : "";
}

/** `JSON.stringify` asks a Buffer for its numbers before it asks us. */
function spellBinary(_name: string, value: unknown): unknown {
  const { type, data } = (value ?? {}) as { type?: unknown; data?: unknown };
  return type === "Buffer" && Array.isArray(data) ? Buffer.from(data as number[]).toString("hex") : value;
}

/** Every key with its value, jobs that wait, failed and were tried among them; then it rewrites its files. */
export async function dumpRedis(world: CanaryWorld, socket: string): Promise<number> {
  const redis = new Redis({ path: socket, lazyConnect: true });
  await redis.connect();
  try {
    let keys = 0;
    for (let database = 0; database < 2; database += 1) {
      await redis.select(String(database));
      const names = await redis.keys("*");
      keys += names.length;
      const values = await Promise.all(names.map(async (name) => `${name}\t${JSON.stringify(await readKey(redis, name))}`));
      world.keep(`redis-${database}`, values.join("\n"));
    }
    await redis.save();
    return keys;
  } finally {
    redis.disconnect();
  }
}

async function readKey(redis: Redis, name: string): Promise<unknown> {
  switch (await redis.type(name)) {
    case "string":
      return redis.get(name);
    case "hash":
      return redis.hgetall(name);
    case "list":
      return redis.lrange(name, 0, -1);
    case "set":
      return redis.smembers(name);
    case "zset":
      return redis.zrange(name, "0", "-1");
    case "stream":
      return redis.xrange(name, "-", "+");
    default:
      return null;
  }
}

/** The launcher's descendants, which are all of the product but the two servers, and the two servers. */
export function processesOf(world: CanaryWorld): ProcessFacts[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const facts = all.flatMap((name) => factsOf(Number(name)));
  const ours = new Set([world.product.process.pid ?? 0]);
  // Parents have smaller numbers almost always; three rounds find the rest.
  for (let round = 0; round < 3; round += 1)
    for (const { pid, parent, commandLine } of facts)
      if (ours.has(parent) || commandLine.includes(world.product.dataDir)) ours.add(pid);
  return facts.filter(({ pid }) => ours.has(pid));
}

function factsOf(pid: number): (ProcessFacts & { parent: number })[] {
  try {
    const folder = path.join("/proc", String(pid));
    const parent = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(path.join(folder, "status"), "utf8"))?.[1] ?? 0);
    const commandLine = readFileSync(path.join(folder, "cmdline"), "latin1");
    return [{ pid, parent, commandLine, environment: readIfAllowed(path.join(folder, "environ")) }];
  } catch {
    // It ended meanwhile.
    return [];
  }
}

function readIfAllowed(file: string): string | null {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return null;
  }
}
