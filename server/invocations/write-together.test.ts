// Commands that wait for each other's company lose nothing: not their order, not their answers, and not a connection that breaks.
import { once } from "node:events";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { writeTogether } from "./write-together";

let services: TestServices;
let redis: Redis;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  redis = services.redis.duplicate({ lazyConnect: true });
  await redis.connect();
  return () => redis.disconnect();
});

function say(value: string): Promise<number> {
  writeTogether(redis);
  return redis.rpush("whs:said", value);
}

it("what is said in one turn leaves in one write, in order", async () => {
  const { stream } = redis;
  const sentBefore = stream.bytesWritten;
  const answers = [say("one"), say("two"), say("three")];
  // Held back once, however many commands there are; nothing of them is on its way yet.
  expect([stream.writableCorked, stream.writableLength > 0]).toEqual([1, true]);
  expect(await Promise.all(answers)).toEqual([1, 2, 3]);
  expect([stream.writableCorked, stream.writableLength]).toEqual([0, 0]);
  expect(stream.bytesWritten).toBeGreaterThan(sentBefore);
  expect(await redis.lrange("whs:said", 0, -1)).toEqual(["one", "two", "three"]);
});

it("what the next turn says waits for nobody of this one", async () => {
  await say("one");
  expect(await say("two")).toBe(2);
  expect(redis.stream.writableCorked).toBe(0);
});

it("a connection that breaks meanwhile holds up neither these commands nor later ones", async () => {
  const held = say("one").then(
    () => "answered",
    () => "refused",
  );
  redis.stream.destroy();
  // Which of the two is for ioredis to say; a command that hangs would be neither.
  expect(["answered", "refused"]).toContain(await held);
  if (redis.status !== "ready") await once(redis, "ready");
  expect(await say("two")).toBeGreaterThan(0);
});
