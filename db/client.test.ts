// Connections run under the role they were opened for, or not at all.
import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDb } from "./client";
import { openTestDatabase, type TestDatabase } from "./testing";

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.dispose());

it.each(["app", "across"] as const)("a connection for %s runs as that role", async (role) => {
  const { rows } = await sql<{ role: string }>`select current_user as role`.execute(database[role]);
  expect(rows).toEqual([{ role: `whs_${role}` }]);
});

it("a connection whose start-up options got lost is refused before its first query", async () => {
  // Options in the URL win over ours, as a pooler's would: the login's own role would see every workspace.
  const url = `${database.url}?options=-c%20lock_timeout%3D1000`;
  const db = openDb({ url, role: "app", connectionsMax: 1 });
  await expect(sql`select 1`.execute(db)).rejects.toThrow(/not as whs_app/);
  await expect(sql`select 1`.execute(db)).rejects.toThrow(/not as whs_app/);
  await db.destroy();
});
