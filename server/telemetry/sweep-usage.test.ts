// Sums are held to the raw rows: what differs is found, repaired and reported; what is being written meanwhile is never taken for drift.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { eventRowOf } from "~/server/testing/event-row";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { recordCalls } from "~/server/testing/record-calls";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { EventWriter } from "./event-writer";
import { sweepUsage } from "./sweep-usage";

const hourMs = 3_600_000;
let services: TestServices;
let writer: EventWriter;
let agents: LiveAgent[];
beforeAll(async () => {
  services = await createTestServices({ now: new Date("2026-11-22T10:20:00Z") });
  writer = new EventWriter(services);
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  const tenants = [await createTestTenant(services), await createTestTenant(services)];
  agents = await Promise.all(tenants.map((tenant) => createLiveAgent(services, tenant, null)));
});

const at = (hoursAgo: number) => new Date(services.clock.now().getTime() - hoursAgo * hourMs);

async function someUsage(): Promise<void> {
  for (const agent of agents) {
    await writer.write(
      [0, 0, 1, 5, 30].map((hoursAgo, place) => eventRowOf(agent, at(hoursAgo), { llmTokens: place, errors: 1 })),
    );
    await recordCalls(
      services,
      agent,
      [0, 1, 1, 30].map((hoursAgo, place) => ({ ms: 10 ** place, at: at(hoursAgo), isFailed: place === 1 })),
    );
  }
}

/** Every sum of every grain, as text. */
async function sums(): Promise<string> {
  const tables = await Promise.all(
    (["minute", "hour", "day"] as const).map(async (grain) => {
      const { rows } = await sql`
        select * from ${sql.table(`usage_${grain}s`)} order by deployment_id, ${sql.ref(grain)}`.execute(services.owner);
      return rows;
    }),
  );
  return JSON.stringify(tables);
}

it("finds nothing to repair in what the house wrote itself, and says so", async () => {
  await someUsage();
  const before = await sums();
  expect(await sweepUsage(services)).toEqual({ checked: 8, repaired: 0, eventsDrift: 0, callsDrift: 0 });
  expect(await sums()).toBe(before);
  expect(await services.owner.selectFrom("usageRecounts").selectAll().execute()).toMatchObject([
    { sumsChecked: 8, sumsRepaired: 0, eventsDrift: 0 },
  ]);
});

const tamperings: Record<string, () => Promise<unknown>> = {
  "a sum that is too high": () => sql`update usage_hours set llm_tokens = llm_tokens + 1`.execute(services.owner),
  "a sum that is gone": () => sql`delete from usage_hours where hour < ${at(0)}`.execute(services.owner),
  "counted calls that never were": () => sql`update usage_hours set calls = calls + 5`.execute(services.owner),
  "a histogram that lost its calls": () => sql`update usage_hours set latency_counts = '{}'`.execute(services.owner),
  "a cost in the ninth digit": () =>
    sql`update usage_hours set cost_usd_estimated = cost_usd_estimated + 0.000000001`.execute(services.owner),
  "a day that is not its hours": () => sql`update usage_days set events = events + 1, requests = 0`.execute(services.owner),
};
for (const [name, tamper] of Object.entries(tamperings)) {
  it(`repairs ${name}, and says where`, async () => {
    await someUsage();
    const before = await sums();
    await tamper();
    expect(await sums()).not.toBe(before);
    const { repaired } = await sweepUsage(services);
    expect(repaired).toBeGreaterThan(0);
    expect(await sums()).toBe(before);
    expect((await sweepUsage(services)).repaired).toBe(0);
    const audited = await services.owner
      .selectFrom("auditEntries")
      .select("workspaceId")
      .where("action", "=", "usage.repair")
      .where("targetKind", "=", "deployment")
      .execute();
    expect(new Set(audited.map(({ workspaceId }) => workspaceId))).toEqual(new Set(agents.map(({ workspaceId }) => workspaceId)));
  });
}

it("a call that was made up and is replaced counts once; one whose retention ran out stays counted", async () => {
  const [agent] = agents;
  if (!agent) throw new Error("no agent");
  const recent = new Date(Date.now() - hourMs);
  const old = new Date(Date.now() - 20 * 24 * hourMs);
  await recordCalls(services, agent, [
    { ms: 5, at: recent },
    { ms: 900, at: recent },
    { ms: 7, at: old },
  ]);
  await sql`update invocations set is_recovered = true where compute_ms <> 5`.execute(services.owner);
  await sql`delete from invocations where is_recovered`.execute(services.owner);
  for (const grain of ["minute", "hour", "day"]) {
    const { rows } = await sql<{ calls: number; ms: number; counted: number }>`
      select sum(calls) as calls, sum(call_ms) as ms, sum((select sum(n) from unnest(latency_counts) as n)) as counted
      from ${sql.table(`usage_${grain}s`)}`.execute(services.owner);
    expect(rows, grain).toEqual([{ calls: 2, ms: 12, counted: 2 }]);
  }
});

it("takes nothing for drift, and loses nothing, while events and calls arrive", async () => {
  await someUsage();
  const [agent] = agents;
  if (!agent) throw new Error("no agent");
  const arriving = Array.from({ length: 40 }, async () => {
    await writer.write([eventRowOf(agent, at(0))]);
    await recordCalls(services, agent, [{ ms: 5, at: at(0) }]);
  });
  const tampered = sql`update usage_hours set requests = requests + 7 where deployment_id = ${agent.deploymentId}`;
  const [recounts] = await Promise.all([
    (async () => {
      const clean = await sweepUsage(services);
      await tampered.execute(services.owner);
      return [clean, await sweepUsage(services)];
    })(),
    ...arriving,
  ]);
  expect(recounts[0]?.repaired).toBe(0);
  expect(recounts[1]?.repaired).toBeGreaterThan(0);
  expect(await sweepUsage(services)).toMatchObject({ repaired: 0 });
  const { rows } = await sql<{ events: number; calls: number; requests: number }>`
    select sum(events) as events, sum(calls) as calls, sum(requests) as requests from usage_days
    where deployment_id = ${agent.deploymentId}`.execute(services.owner);
  expect(rows).toEqual([{ events: 45, calls: 44, requests: 45 }]);
});
