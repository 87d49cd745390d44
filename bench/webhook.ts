// What the billing webhook takes: durable events per second through its door against single-row inserts, and what a copy costs.
//
// Run with: node launch/bootstrap.mjs bench webhook
// A PostgreSQL of its own, durable as in production; sender, door and inserts share this process and its cores. The ways take
// turns round by round, so a busy machine spoils the absolute numbers and not the ratios.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { sql } from "kysely";
import { openDb } from "~/db/client";
import { migrateToLatest } from "~/db/migrate";
import { ensurePostgres } from "~/launch/postgres";
import { openWebhookDoor } from "~/server/testing/webhook-door";

const goals = { intakeShare: 0.5, copyShare: 1.2 };
const clients = 32;
const rounds = 9;
const actsPerRound = 2_000;

const folder = mkdtempSync(path.join(os.tmpdir(), "whs-bench-webhook-"));
const postgres = await ensurePostgres({ directory: path.join(folder, "postgres"), durable: true, connectionsMax: 100 });
const open = (role: "owner" | "across") => openDb({ url: postgres.url, role, connectionsMax: clients });
const [owner, across] = [open("owner"), open("across")];
const door = await openWebhookDoor(across, clients);
try {
  process.stdout.write(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}\n`);
  await migrateToLatest(owner);
  await measure();
} finally {
  await door.close();
  await Promise.all([owner.destroy(), across.destroy()]);
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  // What pgbench writes for each of its transactions.
  await sql`create table history (tid int, bid int, aid int, delta int, mtime timestamptz, filler char(22))`.execute(owner);
  const insert = async () => {
    await sql`insert into history (tid, bid, aid, delta, mtime) values (1, 2, 3, 4, now())`.execute(owner);
  };
  const rates: Record<"inserts" | "events" | "copies", number[]> = { inserts: [], events: [], copies: [] };
  for (let round = 0; round < rounds; round += 1) {
    const deliveries = door.makeEvents(actsPerRound);
    rates.inserts.push(await ratePerSecond(insert));
    rates.events.push(await ratePerSecond((place) => sendNth(deliveries, place)));
    rates.copies.push(await ratePerSecond((place) => sendNth(deliveries, place)));
  }
  // The first round warms everything up.
  const [inserts, events, copies] = [rates.inserts, rates.events, rates.copies].map((rate) => median(rate.slice(1))) as [
    number,
    number,
    number,
  ];
  report(
    `events durable through the door: ${events.toFixed(0)}/s, single-row inserts ${inserts.toFixed(0)}/s: ratio ${(events / inserts).toFixed(2)}`,
    `at least ${goals.intakeShare}`,
    events / inserts >= goals.intakeShare,
  );
  report(
    `a copy costs ${(events / copies).toFixed(2)}× a first delivery (${copies.toFixed(0)}/s)`,
    `at most ${goals.copyShare}`,
    events / copies <= goals.copyShare,
  );
}

function sendNth(deliveries: ReturnType<typeof door.makeEvents>, place: number): Promise<void> {
  const delivery = deliveries[place];
  return delivery ? door.send(delivery) : Promise.resolve();
}

async function ratePerSecond(act: (place: number) => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  const client = async () => {
    while (next < actsPerRound) {
      next += 1;
      await act(next - 1);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return actsPerRound / ((performance.now() - startedAt) / 1_000);
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function report(what: string, goal: string, isMet: boolean): void {
  process.stdout.write(`${isMet ? "ok  " : "FAIL"} ${what} (goal: ${goal})\n`);
  if (!isMet) process.exitCode = 1;
}
