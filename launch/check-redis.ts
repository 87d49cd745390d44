// Whether the Redis behind REDIS_URL is there, new enough, and keeps what it is given.
import { Redis } from "ioredis";
import { LaunchProblem } from "./problem";

/** One connection for one question; rejects within seconds when nobody answers. */
export async function askRedis<T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 5_000, commandTimeout: 5_000 });
  redis.on("error", () => {});
  try {
    await redis.connect();
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

/** Throws {@link LaunchProblem} with host and mend; never with the password. */
export async function assertRedisUsable(redisUrl: string): Promise<void> {
  const place = placeOf(redisUrl);
  const { info, policy } = await readFacts(redisUrl, place);
  const [major = 0, minor = 0] = (/redis_version:([\d.]+)/.exec(info)?.[1] ?? "").split(".").map(Number);
  if (major < 6 || (major === 6 && minor < 2))
    throw new LaunchProblem(
      `The Redis at ${place} is version ${major}.${minor}, and 6.2 or newer is needed: point REDIS_URL at a newer server.`,
    );
  if (policy !== null && policy !== "noeviction")
    throw new LaunchProblem(
      `The Redis at ${place} may throw queued jobs away (maxmemory-policy is ${policy}): set it to noeviction, for example with redis-cli config set maxmemory-policy noeviction.`,
    );
}

async function readFacts(redisUrl: string, place: string): Promise<{ info: string; policy: string | null }> {
  try {
    return await askRedis(redisUrl, async (redis) => ({ info: await redis.info("server"), policy: await readPolicy(redis) }));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LaunchProblem(
      `REDIS_URL is set, but the Redis at ${place} does not answer (${reason}): start it, correct REDIS_URL, or unset it to use the embedded one.`,
      { cause },
    );
  }
}

/** null where the server does not let its configuration be read, as managed ones do. */
async function readPolicy(redis: Redis): Promise<string | null> {
  const answer = await redis.config("GET", "maxmemory-policy").catch(() => null);
  return Array.isArray(answer) && typeof answer[1] === "string" ? answer[1] : null;
}

function placeOf(redisUrl: string): string {
  try {
    const url = new URL(redisUrl);
    return url.host || url.pathname;
  } catch (cause) {
    throw new LaunchProblem("REDIS_URL is not an address: write it as redis://user:password@host:6379.", { cause });
  }
}
