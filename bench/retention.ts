// What retention costs: dropping a day of events against deleting its rows and vacuuming, and what writers feel of a sweep meanwhile.
//
// Run with: node launch/bootstrap.mjs bench retention [rows]
// A million rows unless said otherwise. A PostgreSQL of its own, durable as in production. The same rows lie in the house's partitions and
// in one plain table with the same indexes. Quiet and swept windows take turns; each window is as long as a sweep of three days takes.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { openDb } from "~/db/client";
import { migrateToLatest } from "~/db/migrate";
import { ensurePostgres } from "~/launch/postgres";
import { eventRowOf } from "~/server/testing/event-row";
import { growEvents } from "~/server/testing/grow-events";
import { growSource } from "~/server/testing/grow-source";
import { openBenchMeter } from "~/server/testing/open-bench-meter";
import type { CampaignSource } from "~/server/testing/telemetry-senders";

const goals = { timesFaster: 20, p99Share: 1.5 };
const rows = Number(process.argv.findLast((word) => /^\d+$/.test(word)) ?? 1_000_000);
const rounds = 4;
const writers = 8;
const daysSwept = 3;
const rowsOfSweptDay = 20_000;
const dayMs = 86_400_000;

const folder = mkdtempSync(path.join(os.tmpdir(), "whs-bench-retention-"));
const postgres = await ensurePostgres({ directory: path.join(folder, "postgres"), durable: true, connectionsMax: 60 });
const open = (role: "owner" | "across") => openDb({ url: postgres.url, role, connectionsMax: 16, statementTimeoutMs: 600_000 });
const [owner, across] = [open("owner"), open("across")];
const meter = openBenchMeter(across);
try {
  say(`${rows} rows, ${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}`);
  await migrateToLatest(owner);
  const source = await growSource(owner);
  await measureSweep(source);
  await measureWriters(source);
} finally {
  await Promise.all([owner.destroy(), across.destroy()]);
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** The start of a day that ran out so many days ago. */
function ranOut(daysAgo: number): Date {
  return new Date(Math.floor(Date.now() / dayMs) * dayMs - (40 + daysAgo) * dayMs);
}

async function growOldDay(source: CampaignSource, daysAgo: number, count: number): Promise<void> {
  const from = ranOut(daysAgo);
  await growEvents(owner, source, { count, from, to: new Date(from.getTime() + dayMs - 1), prefix: `old${daysAgo}-` });
}

async function measureSweep(source: CampaignSource): Promise<void> {
  await growOldDay(source, 0, rows);
  await sql`create table plain_events (like telemetry_events including indexes)`.execute(owner);
  await sql`create unique index on plain_events (deployment_id, event_id)`.execute(owner);
  await sql`create index on plain_events using brin (occurred_at)`.execute(owner);
  await sql`insert into plain_events select * from telemetry_events`.execute(owner);
  await sql`checkpoint`.execute(owner);
  const deleted = await costOf(async () => {
    await sql`delete from plain_events where occurred_at < ${new Date(Date.now() - 30 * dayMs)}`.execute(owner);
    await sql`vacuum plain_events`.execute(owner);
  });
  // The first sweep also makes the days ahead: that is not what is compared.
  await sql`select ensure_telemetry_partition(class, (now() + n * interval '1 day')::date)
    from unnest(array['d30', 'd90', 'd180', 'd395']) as class, generate_series(0, 4) as n`.execute(owner);
  // Without the pause between two days, which is no work.
  const dropped = await costOf(() => meter.sweep(0));
  const times = deleted.ms / dropped.ms;
  report(
    `a day dropped in ${dropped.ms.toFixed(0)} ms with ${(dropped.walBytes / 1024).toFixed(0)} kB of log, deleted and vacuumed in ${deleted.ms.toFixed(0)} ms with ${(deleted.walBytes / 1024).toFixed(0)} kB: ${times.toFixed(0)}× faster`,
    `at least ${goals.timesFaster}×`,
    times >= goals.timesFaster,
  );
}

async function measureWriters(source: CampaignSource): Promise<void> {
  const [quiet, swept]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    for (let day = 0; day < daysSwept; day += 1) await growOldDay(source, 10 + day, rowsOfSweptDay);
    const startedAt = performance.now();
    swept.push(...(await writeDuring(source, () => meter.sweep())));
    const sweptMs = performance.now() - startedAt;
    quiet.push(...(await writeDuring(source, () => pause(sweptMs))));
  }
  const [before, during] = [p99(quiet), p99(swept)];
  report(
    `ingestion p99 ${before.toFixed(1)} ms, during a sweep ${during.toFixed(1)} ms: ${(during / before).toFixed(2)}×`,
    `at most ${goals.p99Share}×`,
    during / before <= goals.p99Share,
  );
}

/** Milliseconds of each write until `act` is done. */
async function writeDuring(source: CampaignSource, act: () => Promise<unknown>): Promise<number[]> {
  const writer = meter.openWriter();
  const live = { ...source, runtime: "embedded" as const, apiKey: "" };
  const times: number[] = [];
  let isDone = false;
  const write = async () => {
    while (!isDone) {
      const startedAt = performance.now();
      await writer.write([eventRowOf(live, new Date())]);
      times.push(performance.now() - startedAt);
    }
  };
  const end = () => {
    isDone = true;
  };
  await Promise.all([act().finally(end), ...Array.from({ length: writers }, write)]);
  return times;
}

async function costOf(act: () => Promise<unknown>): Promise<{ ms: number; walBytes: number }> {
  const place = async () => {
    const { rows: found } = await sql<{ lsn: string }>`select pg_current_wal_lsn()::text as lsn`.execute(owner);
    return found[0]?.lsn ?? "0/0";
  };
  const from = await place();
  const startedAt = performance.now();
  await act();
  const ms = performance.now() - startedAt;
  const { rows: found } = await sql<{ bytes: number }>`select pg_current_wal_lsn() - ${from}::pg_lsn as bytes`.execute(owner);
  return { ms, walBytes: found[0]?.bytes ?? 0 };
}

function p99(times: number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? 0;
}

function report(what: string, goal: string, isMet: boolean): void {
  say(`${isMet ? "ok  " : "MISS"} ${what} (goal: ${goal})`);
  if (!isMet) process.exitCode = 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
