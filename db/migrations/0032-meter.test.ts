// From the release before: days that were there take new events, once each, also from a process that still runs the old code.
import { randomBytes } from "node:crypto";
import { Migrator, sql } from "kysely";
import pg from "pg";
import { afterEach, beforeEach, expect, inject, it } from "vitest";
import { type Db, openDb } from "../client";
import { migrateToLatest, migrations } from "../migrate";

let name: string;
let owner: Db;

beforeEach(async () => {
  name = `test_${randomBytes(8).toString("hex")}`;
  await asAdmin(`create database ${name}`);
  const url = Object.assign(new URL(inject("testGround").adminUrl), { pathname: `/${name}` }).href;
  owner = openDb({ url, role: "owner", connectionsMax: 4 });
  const migrator = new Migrator({ db: owner, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateTo("0028-uncount-recovered-calls");
  expect(error).toBeUndefined();
});

afterEach(async () => {
  await owner.destroy();
  await asAdmin(`drop database ${name} with (force)`);
});

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("testGround").adminUrl });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** As the release before writes it. Answers whether it was new. */
async function writeAsBefore(eventId: string, occurredAt: string): Promise<boolean> {
  const { rows } = await sql`
    insert into telemetry_events (retention_class, occurred_at, deployment_id, event_id, workspace_id, agent_id, user_id,
      runtime_provider, requests, llm_tokens, compute_ms, tool_calls, errors, cost_usd_estimated)
    values ('d30', ${occurredAt}, 'dep_1', ${eventId}, 'wks_1', 'agt_1', 'usr_1', 'embedded', 1, 2, 3, 0, 0, 0)
    on conflict do nothing returning event_id`.execute(owner);
  return rows.length > 0;
}

async function indexesOf(day: string): Promise<string[]> {
  const { rows } = await sql<{ indexdef: string }>`
    select indexdef from pg_indexes where tablename = ${`telemetry_d30_${day.replaceAll("-", "")}`} order by indexdef`.execute(
    owner,
  );
  return rows.map(({ indexdef }) => indexdef);
}

it("keeps what was stored, refuses its copies, and makes new days as the days that are there", async () => {
  const { rows } = await sql<{ today: string; tomorrow: string; long: string }>`
    select current_date::text as today, (current_date + 1)::text as tomorrow, (current_date - 20)::text as long`.execute(owner);
  const { today = "", tomorrow = "", long = "" } = rows[0] ?? {};
  for (const day of [long, today]) await sql`select ensure_telemetry_partition('d30', ${day}::date)`.execute(owner);
  expect(await writeAsBefore("evt_1", `${today}T10:00:00Z`)).toBe(true);
  expect(await writeAsBefore("evt_0", `${long}T10:00:00Z`)).toBe(true);
  await migrateToLatest(owner);
  expect(await writeAsBefore("evt_1", `${today}T11:00:00Z`)).toBe(false);
  expect(await writeAsBefore("evt_2", `${today}T10:00:00Z`)).toBe(true);
  await sql`select ensure_telemetry_partition('d30', ${tomorrow}::date)`.execute(owner);
  expect(await writeAsBefore("evt_3", `${tomorrow}T10:00:00Z`)).toBe(true);
  expect(await writeAsBefore("evt_3", `${tomorrow}T12:00:00Z`)).toBe(false);
  const shapeOf = (definitions: string[]) => definitions.map((one) => one.slice(one.indexOf(" USING ")));
  expect(shapeOf(await indexesOf(tomorrow))).toEqual(shapeOf(await indexesOf(today)));
  expect(await indexesOf(today)).toHaveLength(3);
  expect(await indexesOf(long)).toHaveLength(1);
  const stored = await sql<{ n: number }>`select count(*) as n from telemetry_events`.execute(owner);
  expect(stored.rows[0]?.n).toBe(4);
});
