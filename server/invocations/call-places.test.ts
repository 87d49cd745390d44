// Places of calls, for all gateways together: how many of one agent run, and what a second message of a busy session meets (MISSION E1, E2).
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startWeb, type Web } from "~/server/http/start-web";
import { newId } from "~/server/ids";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { callAgent, envelopeOf } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { type FurtherProcess, openFurtherProcess } from "~/server/testing/further-process";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { overrideLimits } from "~/server/testing/override-limits";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { CallPlaces } from "./call-places";

/** A busy machine may take its time; what is waited for is never time itself. */
const patiently = { timeout: 30_000 };
let services: TestServices;
let provider: FakeProvider;
let other: FurtherProcess;
let webs: [Web, Web];
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let gates: { open: () => void }[];

beforeAll(async () => {
  provider = createFakeProvider();
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  gates = [];
  const gated = () => new Promise<void>((open) => gates.push({ open }));
  Object.assign(globalThis, { placeGate: gated });
  tenant = await createTestTenant(services);
  other = openFurtherProcess(services, { redis: "same" });
  webs = [
    await startWeb(services, { rootDirectory: null, watchesBuild: false }),
    await startWeb(other.services, { rootDirectory: null, watchesBuild: false }),
  ];
});
afterEach(async () => {
  for (const { open } of gates) open();
  await Promise.all(webs.map((web) => web.drain()));
  await other.close();
});

const gatedAgent = `export default async (request) => {
  const text = request.input.messages.at(-1).content;
  if (text !== "begin") await globalThis.placeGate();
  return text;
};`;
const live = (whileBusy = "queue") =>
  createLiveAgent(services, tenant, provider, { module: gatedAgent, manifest: { sessions: { onDeploy: "stay", whileBusy } } });
const say = (place: 0 | 1, agent: LiveAgent, prompt: string, sessionId?: string) =>
  callAgent(webs[place].url, agent, { body: { input: { prompt }, ...(sessionId ? { sessionId } : {}) } });
const textOf = async (answer: Response) => ((await answer.json()) as { output: { text: string } }).output.text;

async function begin(agent: LiveAgent): Promise<string> {
  const { sessionId } = (await (await say(0, agent, "begin")).json()) as { sessionId: string };
  return sessionId;
}

async function running(count: number): Promise<void> {
  await expect.poll(() => gates.length, patiently).toBe(count);
}

describe("a session", () => {
  const close = (apiKey: string, agent: LiveAgent, sessionId: string) =>
    fetch(`${webs[0].url}/v1/agents/${agent.agentId}/sessions/${sessionId}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${apiKey}` },
    });

  it("is closed by its own caller: to anybody else it looks missing, and then to all", async () => {
    const [agent, stranger] = [await live(), await live()];
    const sessionId = await begin(agent);
    expect((await close(stranger.apiKey, agent, sessionId)).status).toBe(404);
    expect((await close(agent.apiKey, agent, sessionId)).status).toBe(200);
    expect((await close(agent.apiKey, agent, sessionId)).status).toBe(404);
    await expect.poll(async () => (await say(1, agent, "begin", sessionId)).status, { timeout: 30_000 }).toBe(404);
  });
});

describe("calls of one agent", () => {
  it("are no more at once than the plan lets, whichever gateway takes them", async () => {
    await overrideLimits(services, tenant.workspace, { concurrencyMax: 2 });
    const agent = await live();
    const first = [say(0, agent, "a"), say(1, agent, "b")];
    await running(2);
    for (const place of [0, 1] as const) {
      expect(await envelopeOf(await say(place, agent, "c"))).toMatchObject({
        status: 429,
        error: { details: { reason: "concurrency" } },
      });
    }
    for (const { open } of gates) open();
    await Promise.all(first);
    expect((await say(1, agent, "begin")).status).toBe(200);
  });

  it("keep their places for as long as they may take, though a later call of a quicker version takes less", async () => {
    const places = new CallPlaces(services);
    const wish = { agentId: newId("agent"), concurrencyMax: 5 };
    const session = () => ({ id: newId("agentSession"), whileBusy: "reject" as const });
    const slow = await places.take({ ...wish, session: session(), timeoutMs: 60_000 });
    const quick = await places.take({ ...wish, session: session(), timeoutMs: 1_000 });
    expect(await services.redis.pttl(`whs:running:{${wish.agentId}}`)).toBeGreaterThan(50_000);
    for (const place of [slow, quick]) place.release();
    await places.stop();
  });
});

describe("a second message of a session", () => {
  it("is refused, and worth trying again, where the manifest says reject", async () => {
    const agent = await live("reject");
    const sessionId = await begin(agent);
    const first = say(0, agent, "one", sessionId);
    await running(1);
    expect(await envelopeOf(await say(1, agent, "two", sessionId))).toMatchObject({
      status: 409,
      error: { retryable: true, details: { reason: "session_busy" } },
    });
    gates[0]?.open();
    expect(await textOf(await first)).toBe("one");
  });

  it("waits for its turn where it says queue", async () => {
    const agent = await live("queue");
    const sessionId = await begin(agent);
    const order: string[] = [];
    const first = say(0, agent, "one", sessionId).then(async (answer) => order.push(await textOf(answer)));
    await running(1);
    const second = say(1, agent, "two", sessionId).then(async (answer) => order.push(await textOf(answer)));
    gates[0]?.open();
    await running(2);
    gates[1]?.open();
    await Promise.all([first, second]);
    expect(order).toEqual(["one", "two"]);
  });

  it("has its turn as it came, whichever gateways the others wait at, and one whose caller leaves holds nobody up", async () => {
    const places = [new CallPlaces(services), new CallPlaces(other.services)] as const;
    const session = { id: newId("agentSession"), whileBusy: "queue" as const };
    const wish = { agentId: newId("agent"), concurrencyMax: 50, session, timeoutMs: 60_000 };
    const waiting = `whs:session:{${wish.agentId}}:${session.id}:waiting`;
    const order: number[] = [];
    const leaver = Object.assign(new EventEmitter(), { destroyed: false });
    let place = await places[0].take(wish);
    const taken: Promise<unknown>[] = [];
    const ended: (() => void)[] = [];
    for (let nth = 1; nth <= 6; nth += 1) {
      const caller = nth === 3 ? (leaver as unknown as ServerResponse) : undefined;
      const turn = places[nth % 2 === 0 ? 0 : 1].take({ ...wish, caller }).then((mine) => {
        order.push(nth);
        place = mine;
        ended.shift()?.();
      });
      taken.push(nth === 3 ? expect(turn).rejects.toMatchObject({ code: "CONFLICT" }) : turn);
      await expect.poll(() => services.redis.zcard(waiting), patiently).toBe(nth);
    }
    leaver.destroyed = true;
    leaver.emit("close");
    await expect.poll(() => services.redis.zcard(waiting), patiently).toBe(5);
    for (let turn = 0; turn < 5; turn += 1) {
      const next = new Promise<void>((resolve) => ended.push(resolve));
      place.release();
      await next;
    }
    place.release();
    await Promise.all(taken);
    expect(order).toEqual([1, 2, 4, 5, 6]);
    await expect.poll(() => services.redis.keys(`whs:*{${wish.agentId}}*`), patiently).toEqual([]);
    await Promise.all(places.map((one) => one.stop()));
  });

  it("does not wait behind one whose process died", async () => {
    const places = new CallPlaces(services);
    const session = { id: newId("agentSession"), whileBusy: "queue" as const };
    const wish = { agentId: newId("agent"), concurrencyMax: 50, session, timeoutMs: 60_000 };
    const key = `whs:session:{${wish.agentId}}:${session.id}`;
    const first = await places.take(wish);
    await services.redis.zadd(`${key}:waiting`, 1, "dead");
    await services.redis.zadd(`${key}:seen`, Date.now() - 1, "dead");
    const second = places.take(wish);
    first.release();
    (await second).release();
    await places.stop();
  });

  it("has its turn where it says interrupt as soon as the first one has left, and is interrupted while it waits by a third", async () => {
    const places = [new CallPlaces(services), new CallPlaces(other.services)] as const;
    const session = { id: newId("agentSession"), whileBusy: "interrupt" as const };
    const wish = { agentId: newId("agent"), concurrencyMax: 50, session, timeoutMs: 60_000 };
    const cutOff: string[] = [];
    const first = await places[0].take(wish);
    const wasCut = new Promise<void>((resolve) => first.interrupted(() => resolve()));
    const second = places[1].take(wish);
    await wasCut;
    first.release();
    const holder = await second;
    const third = places[0].take(wish);
    await new Promise<void>((resolve) => {
      // Said after it was interrupted: it hears of it all the same.
      holder.interrupted((why) => {
        cutOff.push(String(why.details.reason));
        resolve();
      });
    });
    holder.release();
    (await third).release();
    expect(cutOff).toEqual(["session_interrupted"]);
    await expect.poll(() => services.redis.keys(`whs:*{${wish.agentId}}*`), patiently).toEqual([]);
    await Promise.all(places.map((one) => one.stop()));
  });

  it("ends the first one where it says interrupt, also on another gateway", async () => {
    const agent = await live("interrupt");
    const sessionId = await begin(agent);
    const first = say(0, agent, "one", sessionId);
    await running(1);
    const second = say(1, agent, "two", sessionId);
    expect(await envelopeOf(await first)).toMatchObject({ status: 409, error: { details: { reason: "session_interrupted" } } });
    await running(2);
    gates[1]?.open();
    expect(await textOf(await second)).toBe("two");
  });
});
