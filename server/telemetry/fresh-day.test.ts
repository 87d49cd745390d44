// A day that has only begun: PostgreSQL knows nothing of its rows yet, and still each event costs the same and counts once.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { inTransaction, type Tx } from "~/db/transaction";
import { eventRowOf } from "~/server/testing/event-row";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import {
  type EventRow,
  ensureTelemetryPartitionAcrossWorkspaces,
  takeTelemetryEventsAcrossWorkspaces,
} from "./telemetry.queries";

let services: TestServices;
let agent: LiveAgent;
/** A day of which no other test has made rows. */
const day = "2031-05-06";
const sought = { from: new Date(`${day}T00:00:00Z`), to: new Date("2031-05-08T00:00:00Z") };
const at = (second: number) => new Date(Date.parse(`${day}T10:00:00Z`) + second * 1_000);

beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  agent = await createLiveAgent(services, await createTestTenant(services), null);
  for (const one of [day, "2031-05-07"]) await ensureTelemetryPartitionAcrossWorkspaces(services.across, "d30", one);
});

const take = (rows: EventRow[]) => takeTelemetryEventsAcrossWorkspaces(services.across, rows, sought);

const readsOf = async (tx: Tx) => {
  const { rows } = await sql<{ reads: number }>`
    select coalesce(sum(seq_scan), 0) as reads from pg_stat_xact_user_tables where relname like 'telemetry_d30_2031%'`.execute(
    tx,
  );
  return rows[0]?.reads;
};

it("is never read whole to look for an event's first", async () => {
  await inTransaction(services.across, async (tx) => {
    const before = await readsOf(tx);
    for (let group = 0; group < 12; group += 1) {
      const rows = Array.from({ length: 256 }, (_, second) => eventRowOf(agent, at(second)));
      expect(await takeTelemetryEventsAcrossWorkspaces(tx, rows, sought)).toEqual(rows.map(() => true));
    }
    expect(await readsOf(tx)).toBe(before);
  });
});

it("holds an event id of a deployment once, even for one who writes past the house", async () => {
  const row = eventRowOf(agent, at(0));
  await take([row]);
  const again = sql`
    insert into telemetry_events (retention_class, occurred_at, deployment_id, event_id, workspace_id, agent_id, user_id,
      runtime_provider, requests, llm_tokens, compute_ms, tool_calls, errors, cost_usd_estimated)
    select retention_class, occurred_at + interval '1 second', deployment_id, event_id, workspace_id, agent_id, user_id,
      runtime_provider, 1, 1, 1, 0, 0, 0 from telemetry_events where event_id = ${row.eventId}`;
  await expect(again.execute(services.across)).rejects.toMatchObject({ code: "23505" });
});

it("counts an event once when its copy says another day, and of equal ids in one group the one that came first", async () => {
  const first = eventRowOf(agent, at(0), { llmTokens: 7 });
  const tomorrow = new Date("2031-05-07T03:00:00Z");
  const other = eventRowOf(agent, at(1), { llmTokens: 0 });
  const group = [first, { ...first, llmTokens: 8 }, { ...first, occurredAt: tomorrow.toISOString(), llmTokens: 9 }, other];
  expect(await take(group)).toEqual([true, false, false, true]);
  const unheard = eventRowOf(agent, at(2), { llmTokens: 0 });
  expect(await take([{ ...first, occurredAt: tomorrow.toISOString() }, unheard, other])).toEqual([false, true, false]);
  const kept = await services.owner.selectFrom("usageDays").select(["day", "events", "llmTokens"]).execute();
  expect(kept).toEqual([{ day: new Date(`${day}T00:00:00Z`), events: 3, llmTokens: 7 }]);
});

it("lets writers of one deployment take turns, so that a copy of another day finds a first that was not there when it came", async () => {
  const first = eventRowOf(agent, at(0));
  const copy = { ...first, occurredAt: "2031-05-07T03:00:00.000Z" };
  const waiting = () =>
    sql`
    select from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`.execute(services.owner);
  const { later } = await inTransaction(services.across, async (tx) => {
    expect(await takeTelemetryEventsAcrossWorkspaces(tx, [first], sought)).toEqual([true]);
    const later = take([copy]);
    await vi.waitFor(async () => expect((await waiting()).rows).toHaveLength(1), { timeout: 30_000 });
    return { later };
  });
  expect(await later).toEqual([false]);
});
