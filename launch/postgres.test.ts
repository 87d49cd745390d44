// The embedded PostgreSQL survives what happens to real machines.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { ensurePostgres, type RunningPostgres } from "./postgres";
import { isRunning, type ProcessMark } from "./process-mark";
import { isGoneWithin } from "./stop-process";

let directory: string;
let running: RunningPostgres | null;

beforeEach(() => {
  const parent = mkdtempSync(path.join(inject("testGround").directory, "files/pg-"));
  chmodSync(parent, 0o711);
  directory = path.join(parent, "postgres");
  running = null;
});
afterEach(async () => {
  await running?.stop();
  rmSync(path.dirname(directory), { recursive: true, force: true });
});

async function ensure(): Promise<RunningPostgres> {
  running = await ensurePostgres({ directory, durable: true, connectionsMax: 20 });
  return running;
}

async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

function markIn(server: RunningPostgres): ProcessMark {
  if (!server.process) throw new Error("the embedded server has a process");
  return server.process;
}

describe("the embedded PostgreSQL", () => {
  it("is durable, private and asks for its password", async () => {
    const { url } = await ensure();
    const settings = await query<{ name: string; setting: string }>(
      url,
      "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'listen_addresses', 'data_checksums')",
    );
    expect(Object.fromEntries(settings.map((row) => [row.name, row.setting]))).toEqual({
      fsync: "on",
      synchronous_commit: "on",
      listen_addresses: "127.0.0.1",
      data_checksums: "on",
    });
    expect(statSync(path.join(directory, "embedded.json")).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(directory, "data")).mode & 0o777).toBe(0o700);
    const wrong = Object.assign(new URL(url), { password: "wrong" }).href;
    await expect(query(wrong, "select 1")).rejects.toThrow(/password authentication failed/);
  });

  it("is adopted when a launcher that was killed left it running", async () => {
    const first = await ensure();
    const second = await ensure();
    expect(second).toMatchObject({ wasAdopted: true, process: first.process, url: first.url });
  });

  it("keeps every acknowledged row through kill -9, with its pid file left over", async () => {
    const first = await ensure();
    await query(first.url, "create table t (n int)");
    await query(first.url, "insert into t values (1)");
    process.kill(markIn(first).pid, "SIGKILL");
    const second = await ensure();
    expect(second.wasAdopted).toBe(false);
    expect(await query(second.url, "select n from t")).toEqual([{ n: 1 }]);
  });

  it("does not take a reused pid in its pid file for itself", async () => {
    const first = await ensure();
    process.kill(markIn(first).pid, "SIGKILL");
    await isGoneWithin(markIn(first), 5_000);
    const pidFile = path.join(directory, "data", "postmaster.pid");
    writeFileSync(pidFile, readFileSync(pidFile, "utf8").replace(/^\d+/, String(process.pid)));
    const second = await ensure();
    expect(await query(second.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it.runIf(process.platform === "linux")("finds its running server again without a pid file", async () => {
    const first = await ensure();
    rmSync(path.join(directory, "data", "postmaster.pid"));
    expect((await ensure()).process).toEqual(first.process);
  });

  it("moves to a free port when another program took its own", async () => {
    const first = await ensure();
    const port = Number(new URL(first.url).port);
    await first.stop();
    const squatter = createServer().listen(port, "127.0.0.1");
    await new Promise((resolve) => squatter.once("listening", resolve));
    const second = await ensure();
    expect(new URL(second.url).port).not.toBe(String(port));
    squatter.close();
  });

  it("begins again after a set-up that was cut off half-way", async () => {
    mkdirSync(path.join(directory, "data.unfinished"), { recursive: true });
    writeFileSync(path.join(directory, "data.unfinished", "PG_VERSION"), "15");
    await ensure();
    expect(existsSync(path.join(directory, "data.unfinished"))).toBe(false);
  });

  it("says how to go on when the file with its password is lost", async () => {
    const first = await ensure();
    await first.stop();
    expect(isRunning(markIn(first))).toBe(false);
    rmSync(path.join(directory, "embedded.json"));
    await expect(ensure()).rejects.toThrow(/embedded\.json is missing or broken.*restore that file/);
  });

  it("names place and mend, never the password, when DATABASE_URL does not answer", async () => {
    const databaseUrl = "postgres://somebody:hunter2@127.0.0.1:1/app";
    const failure = ensurePostgres({ directory, databaseUrl, durable: true, connectionsMax: 20 }).catch((error: Error) => error);
    expect((await failure) as Error).toMatchObject({
      message: expect.stringMatching(/127\.0\.0\.1:1\/app does not answer .*correct DATABASE_URL/),
    });
    expect(((await failure) as Error).message).not.toContain("hunter2");
    expect(existsSync(directory)).toBe(false);
  });
});
