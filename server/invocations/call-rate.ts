// How often one principal may call: counted in Redis for all gateways together, said in headers (MISSION E2, CONTRACTS "Limits").
import type { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "~/server/errors";

const windowSeconds = 60;

export type RateHeaders = { "ratelimit-limit": string; "ratelimit-remaining": string; "ratelimit-reset": string };

export type CallRate = {
  /** Counts one call. Throws `RATE_LIMITED` when the minute is used up. */
  count(principal: string, callsMax: number): Promise<RateHeaders>;
};

/** With Redis away each process counts for itself under the same limits: agents keep answering. */
export function createCallRate(redis: Redis): CallRate {
  const limiters = new Map<number, RateLimiterRedis>();
  const limiterOf = (points: number) => {
    const existing = limiters.get(points);
    if (existing) return existing;
    const options = { keyPrefix: `whs:calls:${points}`, points, duration: windowSeconds };
    const limiter = new RateLimiterRedis({
      ...options,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      // A principal that is over its limit costs Redis nothing more until the minute is over.
      inMemoryBlockOnConsumed: points + 1,
      insuranceLimiter: new RateLimiterMemory(options),
    });
    limiters.set(points, limiter);
    return limiter;
  };
  return {
    async count(principal, callsMax) {
      try {
        return headersOf(await limiterOf(callsMax).consume(principal), callsMax);
      } catch (thrown) {
        if (thrown instanceof RateLimiterRes) throw tooMany(thrown, callsMax);
        throw thrown;
      }
    },
  };
}

/** What a refused caller is told as well. */
export function rateHeadersOf(error: AppError): Partial<RateHeaders> {
  const { limit, retryAfterSeconds } = error.details;
  if (error.code !== "RATE_LIMITED" || limit === undefined || retryAfterSeconds === undefined) return {};
  return { "ratelimit-limit": String(limit), "ratelimit-remaining": "0", "ratelimit-reset": String(retryAfterSeconds) };
}

function headersOf(state: RateLimiterRes, callsMax: number): RateHeaders {
  return {
    "ratelimit-limit": String(callsMax),
    "ratelimit-remaining": String(Math.max(0, state.remainingPoints)),
    "ratelimit-reset": String(Math.ceil(Math.max(0, state.msBeforeNext) / 1_000)),
  };
}

function tooMany(state: RateLimiterRes, callsMax: number): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil(state.msBeforeNext / 1_000));
  return new AppError("RATE_LIMITED", `More than ${callsMax} calls in a minute. Wait ${retryAfterSeconds} s and try again.`, {
    details: { reason: "rate", limit: callsMax, retryAfterSeconds },
  });
}
