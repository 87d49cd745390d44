// What it costs to know who is calling: an API key (warm, unknown, malformed) and a session, against one PostgreSQL lookup by primary key.
//
// Run with: node launch/bootstrap.mjs bench identity
// Ways take turns in one process over one throw-away PostgreSQL, so that the ratios hold on a machine that slows down.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { openDb } from "~/db/client";
import { migrateToLatest } from "~/db/migrate";
import { ensurePostgres } from "~/launch/postgres";
import { type IdentityWays, openIdentityWays } from "~/server/testing/identity-ways";

const goalUs = 5;
const rounds = 20;
/** More than the cache holds: asked about before the known key is measured again, they must not have pushed it out. */
const strangers = 12_000;

type Way = { name: string; callsPerRound: number; call: () => Promise<unknown> };

const folder = mkdtempSync(path.join(os.tmpdir(), "whs-bench-identity-"));
chmodSync(folder, 0o711);
const postgres = await ensurePostgres({ directory: path.join(folder, "postgres"), durable: false, connectionsMax: 20 });
const owner = openDb({ url: postgres.url, role: "owner", connectionsMax: 2 });
await migrateToLatest(owner);
const across = openDb({ url: postgres.url, role: "across", connectionsMax: 4 });
try {
  say(`${os.cpus().length} cores, Node ${process.versions.node}, load ${os.loadavg()[0]?.toFixed(1)}`);
  await measure(await openIdentityWays(across, { databaseUrl: postgres.url, dataDir: folder }));
} finally {
  await Promise.all([owner.destroy(), across.destroy()]);
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

async function measure(identity: IdentityWays): Promise<void> {
  const lookup: Way = { name: "PostgreSQL lookup by primary key", callsPerRound: 500, call: identity.lookUp };
  const warm: Way = { name: "API key, warm", callsPerRound: 20_000, call: identity.knownKey };
  const ways: Way[] = [
    lookup,
    warm,
    { name: "API key, unknown but well-formed", callsPerRound: 500, call: identity.unknownKey },
    { name: "API key, malformed", callsPerRound: 20_000, call: identity.malformedKey },
    { name: "session", callsPerRound: 500, call: identity.session },
  ];
  for (const way of ways) await microsecondsOf(way); // warms everything up
  const times = new Map<Way, number[]>(ways.map((way) => [way, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const way of ways) times.get(way)?.push(await microsecondsOf(way));
  }
  const costOf = (way: Way) => median(times.get(way) ?? []);
  for (const way of ways) {
    const ratio = (costOf(way) / costOf(lookup)).toFixed(3);
    say(`     ${way.name.padEnd(34)} ${costOf(way).toFixed(2).padStart(8)} µs  ${ratio.padStart(7)} of a lookup`);
  }
  verdict(warm.name, costOf(warm));
  await Promise.all(Array.from({ length: 4 }, () => repeat(identity.unknownKey, strangers / 4)));
  verdict(`API key, warm after ${strangers} unknown ones`, await microsecondsOf(warm));
}

async function repeat(call: () => Promise<unknown>, times: number): Promise<void> {
  for (let made = 0; made < times; made += 1) await call();
}

async function microsecondsOf({ call, callsPerRound }: Way): Promise<number> {
  const began = performance.now();
  await repeat(call, callsPerRound);
  return ((performance.now() - began) * 1_000) / callsPerRound;
}

function verdict(what: string, us: number): void {
  const isMet = us <= goalUs;
  say(`${isMet ? "ok  " : "MISS"} ${what}: ${us.toFixed(2)} µs (goal ${goalUs})`);
  if (!isMet) process.exitCode = 1;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
