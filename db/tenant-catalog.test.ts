// Asked of PostgreSQL's own catalog, so that no table can be forgotten: every table of a workspace is bound by row-level security,
// and nothing in one workspace can point at something in another (MISSION A4).
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Tenant } from "./seed/world";
import { worlds } from "./seed/worlds";
import { openTestDatabase, type TestDatabase } from "./testing";
import { inTransaction, inWorkspace, type Tx } from "./transaction";

/** Tenant tables that point at each other without a workspace_id, each with the reason why that is right. None today. */
const lonelyReferences: Record<string, string> = {};

let database: TestDatabase;
let ada: Tenant;
let bob: Tenant;
let tenantTables: string[];
const allOf = (workspaceId: string) => ({ workspaceId, namedAgents: null });

beforeAll(async () => {
  database = await openTestDatabase();
  const tenants = (await worlds["two-tenants"]?.grow(database.owner)) ?? [];
  [ada, bob] = tenants as [Tenant, Tenant];
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    join pg_attribute on attrelid = pg_class.oid and attname = 'workspace_id' and not attisdropped
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`.execute(
    database.owner,
  );
  tenantTables = rows.map((row) => row.name);
});
afterAll(() => database.dispose());

class RolledBack extends Error {}

/** Runs `act` and takes back whatever it did. */
async function triedOut(
  act: (tx: Tx) => Promise<void>,
  within: (act: (tx: Tx) => Promise<void>) => Promise<void>,
): Promise<void> {
  const undone = within(async (tx) => {
    await act(tx);
    throw new RolledBack();
  });
  await undone.catch((error) => {
    if (!(error instanceof RolledBack)) throw error;
  });
}

const mayApp = async (table: string, privilege: string): Promise<boolean> => {
  const { rows } = await sql<{ may: boolean }>`
    select has_table_privilege('whs_app', ${table}::regclass, ${privilege}) as may`.execute(database.owner);
  return rows[0]?.may ?? false;
};

describe("every table with a workspace_id", () => {
  test("is bound by row-level security, with the one policy for the pages and the one for the rest", async () => {
    const { rows } = await sql<{ table: string; policy: string; role: string; permissive: string; rule: string }>`
      select tablename as table, policyname as policy, array_to_string(roles, ',') as role, permissive, qual as rule
      from pg_policies where schemaname = 'public'`.execute(database.owner);
    const secured = await sql<{ name: string }>`select relname as name from pg_class where relrowsecurity`.execute(
      database.owner,
    );
    const bound = new Set(secured.rows.map((row) => row.name));
    expect(tenantTables.filter((table) => !bound.has(table))).toEqual([]);
    for (const table of tenantTables) {
      const wide = rows.filter((row) => row.table === table && row.permissive === "PERMISSIVE");
      expect(wide.map(({ policy, role }) => `${policy} for ${role}`).sort(), table).toEqual([
        "across for whs_across",
        "own_workspace for whs_app",
      ]);
      const own = wide.find((row) => row.policy === "own_workspace");
      expect(own?.rule, table).toBe("(workspace_id = current_setting('whs.workspace_id'::text, true))");
    }
  });

  test("is nothing to the role of the pages outside a workspace, and that role cannot step around the policies", async () => {
    const { rows } = await sql<{ free: boolean }>`
      select rolsuper or rolbypassrls as free from pg_roles where rolname in ('whs_app', 'whs_across')`.execute(database.owner);
    expect(rows).toEqual([{ free: false }, { free: false }]);
    for (const table of tenantTables) {
      if (!(await mayApp(table, "select"))) continue;
      const { rows: seen } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(database.app);
      expect(seen, table).toEqual([]);
    }
  });

  test("shows and changes one workspace only, to a query that forgot its scope", async () => {
    for (const table of tenantTables) {
      if (!(await mayApp(table, "select"))) continue;
      const writes = await mayApp(table, "update");
      const wrong = writes
        ? sql<{ id: string }>`update ${sql.table(table)} set workspace_id = workspace_id returning workspace_id as id`
        : sql<{ id: string }>`select workspace_id as id from ${sql.table(table)}`;
      await triedOut(
        async (tx) => {
          const { rows } = await wrong.execute(tx);
          expect(
            rows.filter((row) => row.id !== ada.workspaceId),
            table,
          ).toEqual([]);
        },
        (act) => inWorkspace(database.app, allOf(ada.workspaceId), act),
      );
    }
  });

  test("takes no row for another workspace", async () => {
    for (const table of tenantTables) {
      if (!(await mayApp(table, "update"))) continue;
      const moved = inWorkspace(database.app, allOf(ada.workspaceId), (tx) =>
        sql`update ${sql.table(table)} set workspace_id = ${bob.workspaceId}`.execute(tx),
      );
      await expect(moved, table).rejects.toThrow(/row-level security|foreign key|no owner/);
    }
  });
});

type Reference = { name: string; child: string; parent: string; columns: string[]; targets: string[]; key: string[] };

/** Foreign keys from one table of a workspace to another, their columns in order, and the child's primary key. */
async function tenantReferences(): Promise<Reference[]> {
  const names = (columns: string, table: string) => sql`
    array(select attname::text from unnest(${sql.ref(columns)}) with ordinality as of (number, place)
      join pg_attribute on attrelid = ${sql.ref(table)} and attnum = number order by place)`;
  const { rows } = await sql<Reference>`
    select c.conname as name, c.conrelid::regclass::text as child, c.confrelid::regclass::text as parent,
      ${names("c.conkey", "c.conrelid")} as columns, ${names("c.confkey", "c.confrelid")} as targets,
      coalesce((select ${names("p.conkey", "p.conrelid")} from pg_constraint p where p.conrelid = c.conrelid and p.contype = 'p'), '{}') as key
    from pg_constraint c where c.contype = 'f' and c.conparentid = 0 order by 2, 1`.execute(database.owner);
  return rows.filter((row) => tenantTables.includes(row.child) && tenantTables.includes(row.parent));
}

describe("every reference between tables of a workspace", () => {
  test("carries the workspace_id on both sides", async () => {
    const references = await tenantReferences();
    expect(references.length).toBeGreaterThan(10);
    const lonely = references.filter(({ columns, targets }) => {
      const place = columns.indexOf("workspace_id");
      return place < 0 || targets[place] !== "workspace_id";
    });
    expect(lonely.map(({ child, name }) => `${child}.${name}`)).toEqual(Object.keys(lonelyReferences));
  });

  test("is refused by PostgreSQL when it would lead into another workspace, whatever role asks", async () => {
    let refused = 0;
    for (const reference of await tenantReferences()) refused += await pointsAcross(reference);
    expect(refused).toBeGreaterThan(10);
  });
});

/** Lets one of Ada's rows point at one of Bob's; answers 1 when that was refused, 0 when Bob has nothing that Ada has not. */
async function pointsAcross({ child, parent, columns, targets, key, name }: Reference): Promise<number> {
  const pairs = columns.map((column, place) => ({ column, target: targets[place] ?? "" }));
  const foreign = pairs.filter(({ column }) => column !== "workspace_id");
  const movable = foreign.filter(({ column }) => !key.includes(column));
  const moved = movable.length > 0 ? movable : foreign;
  const same = sql.join(
    foreign.map(({ target }) => sql`o.${sql.ref(target)} = t.${sql.ref(target)}`),
    sql` and `,
  );
  const { rows } = await sql<{ found: string[] }>`
    select array[${sql.join(moved.map(({ target }) => sql`t.${sql.ref(target)}::text`))}] as found
    from ${sql.table(parent)} t where t.workspace_id = ${bob.workspaceId}
      and not exists (select from ${sql.table(parent)} o where o.workspace_id = ${ada.workspaceId} and ${same}) limit 1`.execute(
    database.owner,
  );
  const theirs = rows[0]?.found;
  if (!theirs) return 0;
  const changes = sql.join(moved.map(({ column }, place) => sql`${sql.ref(column)} = ${theirs[place]}`));
  const isSet = sql.join(
    moved.map(({ column }) => sql`${sql.ref(column)} is not null`),
    sql` and `,
  );
  const crossed = inTransaction(database.owner, async (tx) => {
    await sql`set constraints all immediate`.execute(tx);
    // Bob's own rows have the same names and numbers: no unique key of theirs must answer before the reference does.
    if (child !== parent) {
      await sql`set local session_replication_role = replica`.execute(tx);
      await sql`delete from ${sql.table(child)} where workspace_id = ${bob.workspaceId}`.execute(tx);
      await sql`set local session_replication_role = origin`.execute(tx);
    }
    const mine = sql`select ctid from ${sql.table(child)} where workspace_id = ${ada.workspaceId} order by (${isSet}) desc limit 1`;
    await sql`update ${sql.table(child)} set ${changes} where ctid = (${mine})`.execute(tx);
  });
  await expect(crossed, `${child}.${name}`).rejects.toThrow(/violates foreign key/);
  return 1;
}
