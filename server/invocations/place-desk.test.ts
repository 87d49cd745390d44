// What a gateway asks Redis in one turn goes there together, and loses nothing by it: not its order, not its answers, not a broken connection.
import { once } from "node:events";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { newId } from "~/server/ids";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { PlaceDesk, type PlaceQuestion } from "./place-desk";

let services: TestServices;
let redis: Redis;
let desk: PlaceDesk;
let agentId: string;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  redis = services.redis.duplicate({ lazyConnect: true });
  await redis.connect();
  desk = new PlaceDesk({ redis }, "a-channel-of-this-test");
  agentId = newId("agent");
  return () => redis.disconnect();
});
afterEach(() => {
  vi.restoreAllMocks();
});

function questionOf(callId: string, more: Partial<PlaceQuestion> = {}): PlaceQuestion {
  const sessionId = `session of ${callId}`;
  return { callId, agentId, sessionId, concurrencyMax: 1_000, waitingMax: 0, untilMs: Date.now() + 60_000, ...more };
}

function commandsOf(spied: { mock: { calls: [{ name: string }, ...unknown[]][] } }): string[] {
  return spied.mock.calls.map(([{ name }]) => name).filter((name) => name.startsWith("eval"));
}

it("all questions of one turn are one command for each agent, and each gets its own answer", async () => {
  await desk.enter(questionOf("first"));
  const sent = vi.spyOn(Redis.prototype, "sendCommand");
  const other = newId("agent");
  const answers = await Promise.all([
    desk.enter(questionOf("a")),
    desk.enter(questionOf("b", { sessionId: "session of first" })),
    desk.enter(questionOf("c", { concurrencyMax: 2 })),
    desk.enter(questionOf("d")),
    desk.enter(questionOf("e", { agentId: other, concurrencyMax: 1 })),
    desk.enter(questionOf("f", { agentId: other, concurrencyMax: 1 })),
  ]);
  expect(answers).toEqual(["in", "first", "full", "in", "in", "full"]);
  expect(commandsOf(sent)).toEqual(["evalsha", "evalsha"]);
});

it("keeps the order in which it was asked: who leaves makes room for whoever comes after it, not before", async () => {
  const alone = { concurrencyMax: 1 };
  await desk.enter(questionOf("first", alone));
  const early = desk.enter(questionOf("early", alone));
  desk.leave(questionOf("first", alone));
  const late = desk.enter(questionOf("late", alone));
  expect(await Promise.all([early, late])).toEqual(["full", "in"]);
});

it("one of two that want the last place in the same turn gets it", async () => {
  const wishes = ["a", "b", "c"].map((callId) => desk.enter(questionOf(callId, { concurrencyMax: 1 })));
  expect(await Promise.all(wishes)).toEqual(["in", "full", "full"]);
});

it("a session that is left in the same turn goes to the call that waits for it", async () => {
  const session = { sessionId: "one", waitingMax: 5 };
  await desk.enter(questionOf("first", session));
  expect(await desk.enter(questionOf("second", session))).toBe("first");
  desk.leave(questionOf("first", session));
  const [third, second] = await Promise.all([
    desk.enter(questionOf("third", session)),
    desk.enter(questionOf("second", session)),
  ]);
  expect([third, second]).toEqual(["second", "in"]);
});

it("more than Redis should do at one go are several commands, and none is lost", async () => {
  const all = Array.from({ length: 250 }, (_, at) => desk.enter(questionOf(`call ${at}`, { concurrencyMax: 249 })));
  const answers = await Promise.all(all);
  expect(answers.filter((answer) => answer === "in")).toHaveLength(249);
  expect(answers.at(-1)).toBe("full");
  expect(await redis.zcard(`whs:running:{${agentId}}`)).toBe(249);
});

it("a place ends by itself when its call could have taken no longer, and so does the list of places", async () => {
  await desk.enter(questionOf("first", { concurrencyMax: 1, untilMs: Date.now() + 60_000 }));
  expect(await redis.pttl(`whs:running:{${agentId}}`)).toBeGreaterThan(50_000);
  await desk.enter(questionOf("long", { untilMs: Date.now() + 600_000 }));
  expect(await redis.pttl(`whs:running:{${agentId}}`)).toBeGreaterThan(500_000);
  // What is over already holds no place.
  await redis.zadd(`whs:running:{${agentId}}`, Date.now() - 1, "long", Date.now() - 1, "first");
  expect(await desk.enter(questionOf("next", { concurrencyMax: 1 }))).toBe("in");
});

it("a connection that breaks lets its process go by its own count, and is used again once it is back", async () => {
  const held = [desk.enter(questionOf("a", { concurrencyMax: 1 })), desk.enter(questionOf("b", { concurrencyMax: 1 }))];
  redis.stream.destroy();
  for (const answer of await Promise.all(held)) expect(["in", "full"]).toContain(answer);
  if (redis.status !== "ready") await once(redis, "ready");
  await desk.enter(questionOf("c"));
  expect(await desk.enter(questionOf("d", { concurrencyMax: 1 }))).toBe("full");
});

it("without Redis nobody waits for an answer, and one session of this process still has one call at a time", async () => {
  redis.disconnect();
  expect(await desk.enter(questionOf("a", { sessionId: "one" }))).toBe("in");
  expect(await desk.enter(questionOf("b", { sessionId: "one" }))).toBe("a");
  expect(await desk.enter(questionOf("c", { sessionId: "two" }))).toBe("in");
  desk.leave(questionOf("b", { sessionId: "one" }));
  expect(await desk.enter(questionOf("b", { sessionId: "one" }))).toBe("a");
  desk.leave(questionOf("a", { sessionId: "one" }));
  expect(await desk.enter(questionOf("b", { sessionId: "one" }))).toBe("in");
});

it("a session that began while Redis was there is still held when it has gone", async () => {
  await desk.enter(questionOf("a", { sessionId: "one" }));
  redis.disconnect();
  expect(await desk.enter(questionOf("b", { sessionId: "one" }))).toBe("a");
});
