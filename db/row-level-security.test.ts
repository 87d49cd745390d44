// PostgreSQL itself keeps workspaces apart: in a world where two strangers own things of the same names, a query that forgot
// its scope sees one workspace's rows and can write nobody else's (MISSION A4).
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Tenant } from "./seed/world";
import { worlds } from "./seed/worlds";
import { openTestDatabase, type TestDatabase } from "./testing";
import { inWorkspace } from "./transaction";

let database: TestDatabase;
let ada: Tenant;
let bob: Tenant;
let tenantTables: string[];

const allOf = (workspaceId: string) => ({ workspaceId, namedAgents: null });

beforeAll(async () => {
  database = await openTestDatabase();
  const tenants = (await worlds["two-tenants"]?.grow(database.owner)) ?? [];
  [ada, bob] = tenants as [Tenant, Tenant];
  // A seed holds no signing key, so its chains are not signed.
  await sql`
    insert into audit_checkpoints (workspace_id, position, hash, signed_at, public_key, signature)
    select workspace_id, position, hash, now(), sha256(''), sha512('') from audit_links`.execute(database.owner);
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.columns join pg_class on relname = table_name and not relispartition
    where table_schema = 'public' and column_name = 'workspace_id' order by 1`.execute(database.owner);
  tenantTables = rows.map((row) => row.name);
});

afterAll(() => database.dispose());

async function countByWorkspace(table: string, workspaceId: string): Promise<Record<string, number>> {
  return inWorkspace(database.app, allOf(workspaceId), async (tx) => {
    const { rows } = await sql<{ workspaceId: string; rows: number }>`
      select workspace_id as "workspaceId", count(*) as rows from ${sql.table(table)} group by 1`.execute(tx);
    return Object.fromEntries(rows.map((row) => [row.workspaceId, row.rows]));
  });
}

test("the world has rows of both tenants in every table that belongs to a workspace", async () => {
  expect(tenantTables.length).toBeGreaterThan(10);
  for (const table of tenantTables) {
    const { rows } = await sql<{ n: number }>`
      select count(distinct workspace_id) as n from ${sql.table(table)}`.execute(database.across);
    expect(rows[0]?.n, table).toBe(2);
  }
});

test("a query without a predicate sees its own workspace's rows and no others, in every table", async () => {
  for (const table of tenantTables) {
    expect(Object.keys(await countByWorkspace(table, ada.workspaceId)), table).toEqual([ada.workspaceId]);
    expect(Object.keys(await countByWorkspace(table, bob.workspaceId)), table).toEqual([bob.workspaceId]);
  }
});

test("outside a workspace nothing is seen", async () => {
  for (const table of [...tenantTables, "workspaces"]) {
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(database.app);
    expect(rows, table).toEqual([]);
  }
});

test("a setting of one transaction does not reach the next one on the same connection", async () => {
  await countByWorkspace("agents", ada.workspaceId);
  const { rows } = await sql`select 1 from agents`.execute(database.app);
  expect(rows).toEqual([]);
});

describe("writing into another workspace", () => {
  test("an update finds nothing", async () => {
    const result = await inWorkspace(database.app, allOf(ada.workspaceId), (tx) =>
      tx.updateTable("agents").set({ description: "taken" }).where("id", "=", bob.agentId).executeTakeFirst(),
    );
    expect(result.numUpdatedRows).toBe(0n);
  });

  test("a deletion finds nothing", async () => {
    const result = await inWorkspace(database.app, allOf(ada.workspaceId), (tx) =>
      tx.deleteFrom("deploymentLogs").where("deploymentId", "=", bob.deploymentId).executeTakeFirst(),
    );
    expect(result.numDeletedRows).toBe(0n);
  });

  test("an insertion is refused", async () => {
    const forged = inWorkspace(database.app, allOf(ada.workspaceId), (tx) =>
      tx.insertInto("memberships").values({ workspaceId: bob.workspaceId, userId: ada.userId, role: "owner" }).execute(),
    );
    await expect(forged).rejects.toThrow("row-level security");
  });

  test("a row cannot be moved there", async () => {
    const moved = inWorkspace(database.app, allOf(ada.workspaceId), (tx) =>
      sql`update usage_hours set workspace_id = ${bob.workspaceId}`.execute(tx),
    );
    await expect(moved).rejects.toThrow("row-level security");
  });

  test("not even the role that sees all can point across: a step of one workspace cannot belong to another's deployment", async () => {
    const step = { workspaceId: ada.workspaceId, deploymentId: bob.deploymentId, stage: "built" as const };
    const crossed = database.across
      .insertInto("deploymentSteps")
      .values({ ...step, outcome: "running", startedAt: new Date(), finishedAt: null })
      .execute();
    await expect(crossed).rejects.toThrow("foreign key");
  });
});

test("the audit log can be added to, and neither changed nor shortened", async () => {
  for (const db of [database.app, database.across]) {
    await expect(sql`update audit_entries set action = 'nothing.happened'`.execute(db)).rejects.toThrow("permission denied");
    await expect(sql`delete from audit_entries`.execute(db)).rejects.toThrow("permission denied");
  }
});

test("hashes and keys are out of reach for the role of the pages", async () => {
  await expect(sql`select password_hash from users`.execute(database.app)).rejects.toThrow("permission denied");
  await expect(sql`select wrapped_key from data_keys`.execute(database.app)).rejects.toThrow("permission denied");
});
