// How often a caller may call: by the minute and, for keys with such a cap, by the month; and how often an agent with a limit of its own is
// called by all of them. Redis counts for all gateways together; a call that one cap refuses is counted by none (MISSION E2, E4).
import type { Redis } from "ioredis";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { monthOf } from "~/server/api-keys/judge-api-key";
import { type ApiKeyPrincipal, type Principal, principalName } from "~/server/auth/principal";
import { AppError } from "~/server/errors";
import { type RateHeaders, rateHeaders } from "~/server/rate-limit/rate-headers";
import type { Services } from "~/server/services";
import type { KeyMonths } from "./key-months";
import { MinuteLease, type Spent } from "./minute-lease";

const windowMs = 60_000;
/** Longer than any month: a counter outlives the month that it counts. */
const monthTtlSeconds = 40 * 24 * 60 * 60;
const blockedMax = 10_000;
const leasesMax = 10_000;
/** The script gives one ahead for each so many that are left. */
const aheadFrom = 64;

export type CallRate = {
  /**
   * Counts one call. Throws `RATE_LIMITED` when the minute of the caller or the agent is used up, `LIMIT_EXCEEDED` when the key's month
   * is. Answers about that minute of which less is left; without a promise where what was taken ahead of it suffices.
   */
  count(principal: Principal, planCallsPerMinute: number, agent?: LimitedAgent | null): RateHeaders | Promise<RateHeaders>;
};

/** One with a limit of its own. */
export type LimitedAgent = { agentId: string; callsPerMinuteMax: number };

/** What one call is counted against. */
type Caps = {
  of: "caller" | "agent";
  name: string;
  perMinute: number;
  month: { key: ApiKeyPrincipal; max: number; name: string } | null;
};
type Counted = { word: "ok" | "minute" | "month" | "unseeded"; minute: number; resetMs: number; month: number };
/** Of Redis, with how many calls it gave. */
type Verdict = Counted & { granted: number };

/**
 * KEYS: the minute's counter, then the month's if there is one. ARGV: the minute's cap and length, the month's cap, what it
 * begins with when Redis has lost it ("" asks back), its lifetime, and how many calls of the minute to take beyond this one: the more
 * is left of it, the more are given.
 */
const script = `
local minute = tonumber(redis.call('get', KEYS[1]) or '0')
local left = redis.call('pttl', KEYS[1])
if left > 0 and minute >= tonumber(ARGV[1]) then return {'minute', minute, left, 0, 0} end
local month = 0
if KEYS[2] then
  local counted = redis.call('get', KEYS[2]) or ARGV[4]
  if counted == '' then return {'unseeded', minute, left, 0, 0} end
  month = tonumber(counted)
  if month >= tonumber(ARGV[3]) then
    redis.call('set', KEYS[2], month, 'EX', ARGV[5])
    return {'month', minute, left, month, 0}
  end
  month = month + 1
  redis.call('set', KEYS[2], month, 'EX', ARGV[5])
end
local ahead = math.min(tonumber(ARGV[6]), math.max(0, math.floor((tonumber(ARGV[1]) - minute) / ${aheadFrom})))
minute = redis.call('incrby', KEYS[1], 1 + ahead)
if left <= 0 then
  redis.call('pexpire', KEYS[1], ARGV[2])
  left = tonumber(ARGV[2])
end
return {'ok', minute, left, month, 1 + ahead}`;

/** With Redis away each process counts for itself under the same caps, months from PostgreSQL: agents keep answering. */
export function createCallRate(needs: Pick<Services, "clock" | "redis">, months: KeyMonths): CallRate {
  const leases = new Map<string, MinuteLease>();
  const counters = { redis: withScript(needs.redis), blocked: new Map<string, number>(), months };
  const leaseOf = ({ name, perMinute }: Caps): MinuteLease => {
    const known = leases.get(`${name} ${perMinute}`);
    if (known) return known;
    if (leases.size >= leasesMax) leases.clear();
    const lease = new MinuteLease(() => performance.now());
    leases.set(`${name} ${perMinute}`, lease);
    return lease;
  };
  return {
    count(principal, planCallsPerMinute, agent = null) {
      const caps = capsOf(principal, planCallsPerMinute, needs.clock.now());
      const counted = (rate: Rate): RateHeaders => {
        if (principal.kind === "api_key") months.add(principal.keyId, monthOf(needs.clock.now()));
        return rateHeaders(rate);
      };
      if (agent) return countBoth({ counters, leaseOf }, caps, agent).then(counted);
      const lease = caps.month === null ? leaseOf(caps) : null;
      const rate = lease && spendAhead(counters, caps, lease);
      return rate ? counted(rate) : countOne(counters, caps, lease).then(counted);
    },
  };
}

type Counters = { redis: CountingRedis; blocked: Map<string, number>; months: KeyMonths };
type Rate = Parameters<typeof rateHeaders>[0];

/** The agent's first: what its caller's caps refuse is given back to it, and nothing of a key's month has to be. */
async function countBoth(
  { counters, leaseOf }: { counters: Counters; leaseOf: (caps: Caps) => MinuteLease },
  caps: Caps,
  { agentId, callsPerMinuteMax }: LimitedAgent,
): Promise<Rate> {
  const own: Caps = { of: "agent", name: `whs:calls:{${agentId}}`, perMinute: callsPerMinuteMax, month: null };
  const lease = leaseOf(own);
  const ofAgent = await countOne(counters, own, lease);
  const endsMs = performance.now() + ofAgent.resetSeconds * 1_000;
  try {
    const ofCaller = await countOne(counters, caps, caps.month === null ? leaseOf(caps) : null);
    return ofAgent.remaining < ofCaller.remaining ? ofAgent : ofCaller;
  } catch (thrown) {
    lease.giveBack(endsMs);
    throw thrown;
  }
}

/** `lease`: null where a month is counted too. */
async function countOne(counters: Counters, caps: Caps, lease: MinuteLease | null): Promise<Rate> {
  const { blocked } = counters;
  const ahead = lease && (spendAhead(counters, caps, lease) ?? (await spendNext(counters, caps, lease)));
  if (ahead) return ahead;
  const verdict = await askNow(counters, caps, lease);
  if (verdict.word === "month") throw monthUsedUp(caps, verdict.month);
  if (verdict.word === "minute") {
    if (blocked.size >= blockedMax) blocked.clear();
    blocked.set(blockedName(caps), performance.now() + verdict.resetMs);
    throw tooMany(verdict.resetMs, caps);
  }
  return rateOf(caps, verdict);
}

/** Of what was taken already; null: of that nothing is left. */
function spendAhead(counters: Counters, caps: Caps, lease: MinuteLease): Rate | null {
  const spent = lease.spend();
  if (!spent) return null;
  fetchWhenLow(counters, caps, lease);
  return rateOf(caps, spent);
}

/** Of what is on its way already, rather than asking a second time. */
async function spendNext(counters: Counters, caps: Caps, lease: MinuteLease): Promise<Rate | null> {
  await lease.asking;
  const spent = lease.spend();
  fetchWhenLow(counters, caps, lease);
  return spent && rateOf(caps, spent);
}

/** Of a small minute nothing is given ahead: what is not asked for in need would only lie about in one process. */
function fetchWhenLow({ redis }: Counters, caps: Caps, lease: MinuteLease): void {
  if (lease.isLow && caps.perMinute >= aheadFrom) beginTakingAhead(redis, caps, lease);
}

function rateOf({ perMinute }: Caps, { minute, resetMs }: Spent): Rate {
  return { limit: perMinute, remaining: perMinute - minute, resetSeconds: resetMs / 1_000 };
}

/** With another cap it is judged anew. */
function blockedName({ name, perMinute }: Caps): string {
  return `${name} ${perMinute}`;
}

function askNow({ redis, blocked, months }: Counters, caps: Caps, lease: MinuteLease | null): Promise<Counted> {
  refuseBlocked(blocked, caps);
  return redis.status === "ready" ? judge(redis, months, caps, lease) : judgeAlone(months, caps);
}

/** Before what was taken is used up, so that nobody has to wait. What fails here is asked for again by whoever needs it. */
function beginTakingAhead(redis: CountingRedis, caps: Caps, lease: MinuteLease): void {
  if (redis.status !== "ready") return;
  lease.asking ??= takeAhead(redis, caps, lease).finally(() => {
    lease.asking = null;
  });
}

async function takeAhead(redis: CountingRedis, caps: Caps, lease: MinuteLease): Promise<void> {
  const askedMs = performance.now();
  const verdict = await ask(redis, caps, { seed: "", ahead: lease.wishAhead() }).catch(() => null);
  if (verdict?.word === "ok") lease.add(verdict, { askedMs, used: 0 });
}

/** The braces keep both counters of a caller on one node of a Redis Cluster. */
function capsOf(principal: Principal, planCallsPerMinute: number, now: Date): Caps {
  const name = `whs:calls:{${principalName(principal)}}`;
  if (principal.kind !== "api_key") return { of: "caller", name, perMinute: planCallsPerMinute, month: null };
  const { callsPerMinuteMax, callsPerMonthMax } = principal;
  const perMinute = Math.min(planCallsPerMinute, callsPerMinuteMax ?? planCallsPerMinute);
  return {
    of: "caller",
    name,
    perMinute,
    month: callsPerMonthMax === null ? null : { key: principal, max: callsPerMonthMax, name: monthOf(now) },
  };
}

/** A caller that is over its limit costs Redis nothing more until the minute is over. */
function refuseBlocked(blocked: Map<string, number>, caps: Caps): void {
  const untilMs = blocked.get(blockedName(caps));
  if (untilMs === undefined) return;
  const leftMs = untilMs - performance.now();
  if (leftMs > 0) throw tooMany(leftMs, caps);
  blocked.delete(blockedName(caps));
}

async function judge(redis: CountingRedis, months: KeyMonths, caps: Caps, lease: MinuteLease | null): Promise<Counted> {
  try {
    const askedMs = performance.now();
    const first = await ask(redis, caps, { seed: "", ahead: lease?.wishAhead() ?? 0 });
    if (first.word === "ok" && lease) return { ...first, minute: lease.add(first, { askedMs, used: 1 }) };
    if (first.word !== "unseeded" || !caps.month) return first;
    return await ask(redis, caps, { seed: String(await months.read(caps.month.key.keyId, caps.month.name)), ahead: 0 });
  } catch (error) {
    if (error instanceof AppError) throw error;
    return judgeAlone(months, caps);
  }
}

async function ask(redis: CountingRedis, caps: Caps, { seed, ahead }: { seed: string; ahead: number }): Promise<Verdict> {
  const counters = caps.month ? [`${caps.name}:minute`, `${caps.name}:${caps.month.name}`] : [`${caps.name}:minute`];
  const given = [caps.perMinute, windowMs, caps.month?.max ?? 0, seed, monthTtlSeconds, ahead];
  const [word, minute, resetMs, month, granted] = await redis.whsCountCall(counters.length, ...counters, ...given);
  return { word, minute, resetMs, month, granted };
}

type Told = [word: Verdict["word"], minute: number, resetMs: number, month: number, granted: number];
type CountingRedis = Redis & { whsCountCall(keysCount: number, ...rest: (string | number)[]): Promise<Told> };

/** Redis keeps the script under its hash, so that a call does not carry it along. */
function withScript(redis: Redis): CountingRedis {
  redis.defineCommand("whsCountCall", { lua: script });
  return redis as CountingRedis;
}

const alone = new Map<number, RateLimiterMemory>();

async function judgeAlone(months: KeyMonths, caps: Caps): Promise<Counted> {
  const limiter = alone.get(caps.perMinute) ?? new RateLimiterMemory({ points: caps.perMinute, duration: windowMs / 1_000 });
  alone.set(caps.perMinute, limiter);
  const counted = caps.month ? await months.countAlone(caps.month.key.keyId, caps.month.name, caps.month.max) : 0;
  if (counted === null) return { word: "month", minute: 0, resetMs: 0, month: caps.month?.max ?? 0 };
  try {
    const state = await limiter.consume(caps.name);
    return { word: "ok", minute: state.consumedPoints, resetMs: state.msBeforeNext, month: counted };
  } catch (thrown) {
    if (!(thrown instanceof RateLimiterRes)) throw thrown;
    return { word: "minute", minute: thrown.consumedPoints, resetMs: thrown.msBeforeNext, month: counted };
  }
}

function tooMany(resetMs: number, { of, perMinute }: Caps): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil(resetMs / 1_000));
  const what =
    of === "agent"
      ? `This agent takes ${perMinute} calls in a minute, of all callers together`
      : `More than ${perMinute} calls in a minute`;
  return new AppError("RATE_LIMITED", `${what}. Wait ${retryAfterSeconds} s and try again.`, {
    details: { reason: of === "agent" ? "agent_rate" : "rate", limit: perMinute, retryAfterSeconds },
  });
}

function monthUsedUp({ month }: Caps, current: number): AppError {
  const limit = month?.max ?? 0;
  return new AppError(
    "LIMIT_EXCEEDED",
    `This API key has made its ${limit} calls of ${month?.name} (UTC). Wait for the next month, or use a key with a higher cap.`,
    { details: { limitType: "key_calls_per_month", period: month?.name ?? "", current, limit } },
  );
}
