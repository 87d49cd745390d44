// What the audit chain costs: a mutation with its audit row against the same without, and entries per second against plain inserts.
//
// Run with: node launch/bootstrap.mjs bench audit
// A PostgreSQL of its own, durable as in production. The ways take turns round by round, so a busy machine spoils the absolute
// numbers and not the ratios. One chain alone waits for one commit at a time; many chains share the commits of the disk.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { sql } from "kysely";
import { openDb } from "~/db/client";
import { migrateToLatest } from "~/db/migrate";
import { ensurePostgres } from "~/launch/postgres";
import { openAuditedActs } from "~/server/testing/audited-acts";

const goals = { addedShare: 0.15, appendShare: 0.5 };
const clients = 32;
const rounds = 12;
const mutationsPerRound = 60;
const appendsPerRound = 2_000;

const folder = mkdtempSync(path.join(os.tmpdir(), "whs-bench-audit-"));
const postgres = await ensurePostgres({ directory: path.join(folder, "postgres"), durable: true, connectionsMax: 100 });
const open = (role: "owner" | "app" | "across") => openDb({ url: postgres.url, role, connectionsMax: clients });
const [owner, db, across] = [open("owner"), open("app"), open("across")];
try {
  say(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}`);
  await migrateToLatest(owner);
  await measureMutation();
  await measureAppends();
} finally {
  await Promise.all([owner.destroy(), db.destroy(), across.destroy()]);
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function measureMutation(): Promise<void> {
  const acts = await openAuditedActs({ owner, db, across });
  const [plain, audited]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    for (let n = 0; n < mutationsPerRound; n += 1) {
      plain.push(await msOf(() => acts.mutate(false)));
      audited.push(await msOf(() => acts.mutate(true)));
    }
  }
  // The first round warms everything up.
  const [without, withRow] = [plain, audited].map((times) => quantile(times.slice(mutationsPerRound), 0.5)) as [number, number];
  const added = withRow / without - 1;
  report(
    `a mutation: p50 ${without.toFixed(2)} ms, with its audit row ${withRow.toFixed(2)} ms: adds ${(added * 100).toFixed(0)} %`,
    `at most ${goals.addedShare * 100} %`,
    added <= goals.addedShare,
  );
}

/** What pgbench writes for each of its transactions. */
async function measureAppends(): Promise<void> {
  await sql`create table history (tid int, bid int, aid int, delta int, mtime timestamptz, filler char(22))`.execute(owner);
  const chains = await Promise.all(Array.from({ length: clients }, () => openAuditedActs({ owner, db, across })));
  const insert = () =>
    owner.transaction().execute(async (tx) => {
      await sql`insert into history (tid, bid, aid, delta, mtime) values (1, 2, 3, 4, now())`.execute(tx);
    });
  const ways = {
    plain: (_client: number) => insert(),
    many: (client: number) => chains[client]?.append() ?? Promise.resolve(),
    one: (_client: number) => chains[0]?.append() ?? Promise.resolve(),
  };
  const rates: Record<keyof typeof ways, number[]> = { plain: [], many: [], one: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of ["plain", "many", "one"] as const) rates[name].push(await ratePerSecond(ways[name]));
  }
  const [plain, many, one] = [rates.plain, rates.many, rates.one].map((rate) => quantile(rate.slice(1), 0.5)) as [
    number,
    number,
    number,
  ];
  const ratio = many / plain;
  report(
    `entries over ${clients} chains: ${many.toFixed(0)}/s, plain inserts ${plain.toFixed(0)}/s: ratio ${ratio.toFixed(2)}`,
    `at least ${goals.appendShare}`,
    ratio >= goals.appendShare,
  );
  say(
    `     entries into one chain, ${clients} at once: ${one.toFixed(0)}/s, ratio ${(one / plain).toFixed(2)} (no goal: they queue)`,
  );
}

async function ratePerSecond(act: (client: number) => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  let left = appendsPerRound;
  const work = async (client: number) => {
    while (left-- > 0) await act(client);
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => work(client)));
  return appendsPerRound / ((performance.now() - startedAt) / 1_000);
}

async function msOf(act: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}

function report(what: string, goal: string, isMet: boolean): void {
  say(`${isMet ? "ok  " : "MISS"} ${what} (goal ${goal})`);
  if (!isMet) process.exitCode = 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
