// What every provider promises of secrets, as tests: no value leaves, and a new value reaches what runs without a dropped call.
import { expect, it } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import type { AppError } from "~/server/errors";
import { collectEvents, readEvents } from "~/server/providers/read-events";
import { invocationOf } from "~/server/testing/agent-host";
import { ask, never, type OpenHarness, type ProviderHarness, placeAgent } from "./harness.conformance";

const agents = {
  thrower: "export default (_request, { env }) => { throw new RangeError('no luck with ' + env.API_SECRET); };",
  /** What callers are told of an error is cut, here in the middle of the value. */
  rambler: "export default (_request, { env }) => { throw new Error('x'.repeat(485) + env.API_SECRET); };",
  teller:
    "export default async function* (_request, { env }) { yield 'it is '; yield env.API_SECRET.slice(0, 6); yield env.API_SECRET.slice(6); console.log('printed', env.API_SECRET); yield '!'; }",
  /** Says how long its secret is, for the value itself would be masked; given a number, it says so twice, so many milliseconds apart. */
  measurer: `export default async function* (request, { env }) {
    yield env.API_SECRET.length + ";";
    const ms = Number(request.input.messages[0].content);
    if (!(ms > 0)) return;
    await new Promise((resolve) => setTimeout(resolve, ms));
    yield env.API_SECRET.length + ";";
  }`,
  counter: `export default async (_request, { session, env }) => {
    const count = ((await session.get("count")) ?? 0) + 1;
    await session.set("count", count);
    return count + " with " + env.API_SECRET.length;
  };`,
} as const;

const [older, newer] = ["the-older-value", "a-value-that-is-newer"] as const;

/** These start several processes each; on a busy machine that takes a while. */
const slowMs = 60_000;

export function describeSecrets(open: OpenHarness): void {
  it("a value never leaves in answers, streams, errors or logs", () => expectMasked(open()));
  it(
    "a refresh lets a call in flight finish with the old value, drops no call, and gives the next one the new value",
    () => expectHandover(open()),
    slowMs,
  );
  it("a refresh keeps the sessions", () => expectSessionsKept(open()));
  it(
    "what runs is known to hold what it was given; what does not run holds nothing, and a refresh does not start it",
    () => {
      const harness = open();
      return harness.keepsValues ? expectKept(harness) : expectHolders(harness);
    },
    slowMs,
  );
  it("what does not start with the new secrets goes on with those it has", () => expectGoesOn(open()), slowMs);
  it("ten refreshes at once end with the newest value and no dropped call", () => expectManyRefreshes(open()), slowMs);
}

async function expectMasked(harness: ProviderHarness): Promise<void> {
  const seen: unknown[] = [];
  const secret = "hunter2-wonderland-9431";
  for (const agent of ["teller", "thrower", "rambler"] as const) {
    const placement = await placeAgent(harness, agents[agent], { env: { API_SECRET: secret } });
    const call = (work: Promise<unknown>) => work.catch((error: AppError) => error.message);
    seen.push(await call(harness.provider.invoke(placement, invocationOf("?"), { signal: never() })));
    const stream = harness.provider.stream(placement, invocationOf("?"), { signal: never() });
    seen.push(await call(stream.then(collectEvents)));
    seen.push(await harness.provider.logs(placement, { limit: 100 }));
  }
  const text = JSON.stringify(seen);
  expect(text).toContain("[secret]");
  expect(text).not.toContain(secret);
  expect(text).not.toContain(secret.slice(6));
  expect(text).not.toContain(secret.slice(0, 8));
}

function place(harness: ProviderHarness, agent: keyof typeof agents): Promise<Placement> {
  return placeAgent(harness, agents[agent], { env: { API_SECRET: older }, secretVersions: { API_SECRET: 1 } });
}

async function expectHandover(harness: ProviderHarness): Promise<void> {
  const placement = await place(harness, "measurer");
  const began = performance.now();
  await ask(harness, placement);
  // Well beyond a start on this machine as it is now, so that the call is still under way when the second process is there.
  const ms = String(Math.min(10_000, Math.round(500 + 2 * (performance.now() - began))));
  const events = readEvents(await harness.provider.stream(placement, invocationOf(ms), { signal: never() }));
  await events.next();
  expect((await events.next()).value).toMatchObject({ event: "delta", data: { text: `${older.length};` } });
  harness.configure(placement.deploymentId, { API_SECRET: newer }, { API_SECRET: 2 });
  const refreshed = harness.provider.refreshSecrets(placement, { signal: never() });
  const meanwhile = Promise.all(Array.from({ length: 8 }, () => ask(harness, placement)));
  const rest = [];
  for await (const event of events) rest.push(event);
  expect(rest).toMatchObject([{ event: "delta", data: { text: `${older.length};` } }, { event: "usage" }, { event: "done" }]);
  await refreshed;
  expect(await ask(harness, placement)).toBe(`${newer.length};`);
  for (const text of await meanwhile) expect([`${older.length};`, `${newer.length};`]).toContain(text);
}

async function expectSessionsKept(harness: ProviderHarness): Promise<void> {
  const placement = await place(harness, "counter");
  const { sessionId } = invocationOf("?");
  expect(await ask(harness, placement, invocationOf("?", { sessionId }))).toBe(`1 with ${older.length}`);
  harness.configure(placement.deploymentId, { API_SECRET: newer }, { API_SECRET: 2 });
  await harness.provider.refreshSecrets(placement, { signal: never() });
  expect(await ask(harness, placement, invocationOf("?", { sessionId }))).toBe(`2 with ${newer.length}`);
}

/** A runtime that is handed the values holds them from the placement to the end, running or not. */
async function expectKept(harness: ProviderHarness): Promise<void> {
  const [placement, other] = [await place(harness, "measurer"), await place(harness, "measurer")];
  const both = [placement.deploymentId, other.deploymentId];
  const held = () => harness.provider.holders(both, { signal: never() });
  const versions = (version: number) => (harness.knowsVersions ? { API_SECRET: version } : null);
  const whole = expect.arrayContaining(both.map((deploymentId) => ({ deploymentId, secretVersions: versions(1) })));
  expect(await held()).toEqual(whole);
  await ask(harness, placement);
  expect(await held()).toEqual(whole);
  await harness.provider.destroy(placement);
  expect(await held()).toEqual([{ deploymentId: other.deploymentId, secretVersions: versions(1) }]);
  harness.configure(other.deploymentId, { API_SECRET: newer }, { API_SECRET: 2 });
  await harness.provider.refreshSecrets(other, { signal: never() });
  expect(await held()).toEqual([{ deploymentId: other.deploymentId, secretVersions: versions(2) }]);
}

async function expectHolders(harness: ProviderHarness): Promise<void> {
  const [placement, other] = [await place(harness, "measurer"), await place(harness, "measurer")];
  const { deploymentId } = placement;
  const held = () => harness.provider.holders([deploymentId, other.deploymentId], { signal: never() });
  await harness.provider.refreshSecrets(placement, { signal: never() });
  expect(await held()).toEqual([]);
  await ask(harness, placement);
  expect(await held()).toEqual([{ deploymentId, secretVersions: { API_SECRET: 1 } }]);
  harness.configure(deploymentId, { API_SECRET: newer }, { API_SECRET: 2 });
  expect(await held()).toEqual([{ deploymentId, secretVersions: { API_SECRET: 1 } }]);
  await harness.provider.refreshSecrets(placement, { signal: never() });
  expect(await held()).toEqual([{ deploymentId, secretVersions: { API_SECRET: 2 } }]);
  const others = await harness.provider.holders([other.deploymentId], { signal: never() });
  expect(others.map((holder) => holder.deploymentId)).not.toContain(deploymentId);
  await harness.provider.stop(placement);
  expect(await held()).toEqual([]);
}

async function expectGoesOn(harness: ProviderHarness): Promise<void> {
  const placement = await place(harness, "measurer");
  expect(await ask(harness, placement)).toBe(`${older.length};`);
  harness.refuse(placement.deploymentId);
  await expect(harness.provider.refreshSecrets(placement, { signal: never() })).rejects.toBeDefined();
  expect(await ask(harness, placement)).toBe(`${older.length};`);
  expect(await harness.provider.holders([placement.deploymentId], { signal: never() })).toHaveLength(1);
}

async function expectManyRefreshes(harness: ProviderHarness): Promise<void> {
  const placement = await place(harness, "measurer");
  await ask(harness, placement);
  harness.configure(placement.deploymentId, { API_SECRET: newer }, { API_SECRET: 2 });
  const refreshes = Array.from({ length: 10 }, () => harness.provider.refreshSecrets(placement, { signal: never() }));
  const calls = Array.from({ length: 20 }, () => ask(harness, placement));
  const [texts] = await Promise.all([Promise.all(calls), Promise.all(refreshes)]);
  for (const text of texts) expect(text).toMatch(/^\d+;$/);
  expect(await ask(harness, placement)).toBe(`${newer.length};`);
}
