// What one stretch of calls costs PostgreSQL and Redis, by their own counters: index reads of keys, and commands.

import { Redis } from "ioredis";
import { sql } from "kysely";
import type { Ground } from "./open-ground";

export type RoundTrips = { identityReads: number; redisCommands: number };

/** PostgreSQL's sessions tell their counters at most once a second. */
const toldWithinMs = 2_500;

export async function countRoundTrips(ground: Ground, act: () => Promise<void>): Promise<RoundTrips> {
  const redis = new Redis(ground.redisUrl.replace("unix://", ""));
  try {
    await told();
    const [keysBefore, commandsBefore] = [await keyReads(ground), await commandsOf(redis)];
    await act();
    await told();
    const identityReads = (await keyReads(ground)) - keysBefore;
    return { identityReads, redisCommands: (await commandsOf(redis)) - commandsBefore };
  } finally {
    redis.disconnect();
  }
}

function told(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, toldWithinMs));
}

async function keyReads({ owner }: Ground): Promise<number> {
  const { rows } = await sql<{ reads: number }>`
    select coalesce(sum(idx_scan), 0) + coalesce(sum(seq_scan), 0) as reads from pg_stat_user_tables where relname = 'api_keys'`.execute(
    owner,
  );
  return Number(rows[0]?.reads ?? 0);
}

/** Scripts alone: what they run inside is no round trip. */
async function commandsOf(redis: Redis): Promise<number> {
  const stats = await redis.info("commandstats");
  const calls = [...stats.matchAll(/^cmdstat_evalsha:calls=(\d+)/gm)].map(([, count]) => Number(count));
  return calls.reduce((sum, count) => sum + count, 0);
}
