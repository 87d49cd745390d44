// How often something may happen: counted in Redis for all processes together, by one script per count (MISSION B6).
import type { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "~/server/errors";
import { sha256Hex } from "~/server/sha256";
import type { RateState } from "./rate-headers";

export type RateRule = {
  /** Unique in the house, for example `sign_in_address`. */
  name: string;
  /** How many in each window. */
  points: number;
  windowSeconds: number;
};

/** `subject` is hashed before it becomes a key: Redis holds no address and no account name. */
export type RateCount = { rule: RateRule; subject: string };

const limiters = new WeakMap<Redis, Map<string, RateLimiterRedis>>();

/**
 * Counts one try under every rule; throws `RATE_LIMITED` with the longest wait when any is used up.
 * With Redis away each process counts in its own memory under the same rules: people can still sign in, and guessing stays
 * slow. Failing open would invite guessing, failing closed would lock everybody out.
 */
export async function limitRate(needs: { redis: Redis }, counts: readonly RateCount[]): Promise<void> {
  await countRate(needs, counts);
}

/** The same, and answers the state of the rule that has least left. */
export async function countRate(needs: { redis: Redis }, counts: readonly RateCount[]): Promise<RateState> {
  const states = await Promise.all(counts.map((count) => countOne(needs.redis, count)));
  const [longest] = states.filter((state) => state.isUsedUp).sort((one, other) => other.resetSeconds - one.resetSeconds);
  const [tightest] = states.sort((one, other) => one.remaining - other.remaining);
  if (!tightest) throw new Error("A rate is counted under at least one rule.");
  if (!longest) return tightest;
  const retryAfterSeconds = Math.ceil(longest.resetSeconds);
  throw new AppError("RATE_LIMITED", `Too many tries. Wait ${inWords(retryAfterSeconds)} and try again.`, {
    details: { limit: longest.limit, retryAfterSeconds },
  });
}

/** Takes back what was counted for this subject, for example after the right password. */
export async function forgiveRate(needs: { redis: Redis }, count: RateCount): Promise<void> {
  await limiterOf(needs.redis, count.rule).delete(keyOf(count));
}

async function countOne(redis: Redis, count: RateCount): Promise<RateState & { isUsedUp: boolean }> {
  const limit = count.rule.points;
  try {
    const { remainingPoints, msBeforeNext } = await limiterOf(redis, count.rule).consume(keyOf(count));
    return { limit, remaining: remainingPoints, resetSeconds: msBeforeNext / 1_000, isUsedUp: false };
  } catch (thrown) {
    if (!(thrown instanceof RateLimiterRes)) throw thrown;
    return { limit, remaining: 0, resetSeconds: Math.max(1, thrown.msBeforeNext) / 1_000, isUsedUp: true };
  }
}

function limiterOf(redis: Redis, rule: RateRule): RateLimiterRedis {
  const ofRedis = limiters.get(redis) ?? new Map<string, RateLimiterRedis>();
  limiters.set(redis, ofRedis);
  const existing = ofRedis.get(rule.name);
  if (existing) return existing;
  const options = { keyPrefix: `whs:rate:${rule.name}`, points: rule.points, duration: rule.windowSeconds };
  const limiter = new RateLimiterRedis({
    ...options,
    storeClient: redis,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(options),
  });
  ofRedis.set(rule.name, limiter);
  return limiter;
}

function keyOf(count: RateCount): string {
  return sha256Hex(count.subject).slice(0, 32);
}

function inWords(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
