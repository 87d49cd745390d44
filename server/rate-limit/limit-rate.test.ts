// Rate limits: exact under racing, told with the wait, and still there when Redis is away.
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { forgiveRate, limitRate, type RateCount } from "./limit-rate";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

const rule = { name: "test_rule", points: 3, windowSeconds: 60 };
const count = (subject: string): RateCount => ({ rule, subject });
const tries = (redis: Redis, number: number) =>
  Promise.allSettled(Array.from({ length: number }, () => limitRate({ redis }, [count("ada@example.test")])));
const passed = (outcomes: PromiseSettledResult<void>[]) => outcomes.filter((outcome) => outcome.status === "fulfilled").length;

describe("a limit", () => {
  it("lets exactly three of twenty racing tries through, and says how long to wait", async () => {
    const outcomes = await tries(services.redis, 20);
    expect(passed(outcomes)).toBe(3);
    const error = await limitRate(services, [count("ada@example.test")]).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "RATE_LIMITED", retryable: true });
    expect(error.details.retryAfterSeconds).toBeGreaterThan(50);
    expect(error.details.retryAfterSeconds).toBeLessThanOrEqual(60);
  });

  it("counts each subject by itself, and forgives", async () => {
    await tries(services.redis, 5);
    await expect(limitRate(services, [count("other@example.test")])).resolves.toBeUndefined();
    await forgiveRate(services, count("ada@example.test"));
    await expect(limitRate(services, [count("ada@example.test")])).resolves.toBeUndefined();
  });

  it("leaves no address and no name in Redis", async () => {
    await limitRate(services, [count("ada@example.test")]);
    const keys = await services.redis.keys("*");
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.join()).not.toContain("ada");
    expect(await services.redis.ttl(keys[0] ?? "")).toBeGreaterThan(0);
  });

  it("goes on in the memory of the process while Redis is away", async () => {
    const away = new Redis({ host: "127.0.0.1", port: 1, lazyConnect: true, retryStrategy: () => null });
    away.on("error", () => undefined);
    expect(passed(await tries(away, 20))).toBe(3);
    await forgiveRate({ redis: away }, count("ada@example.test"));
    expect(passed(await tries(away, 20))).toBe(3);
    away.disconnect();
  });
});
