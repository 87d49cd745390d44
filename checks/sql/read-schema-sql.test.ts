// The migrations are read as they run: tables with their columns, and who is row-secured.
import { expect, test } from "vitest";
import { readSchemaSql } from "./read-schema-sql";

test("columns are read without constraints, and nested parentheses do not split them", async () => {
  const { columns } = await readSchemaSql();
  expect(columns.get("memberships")).toEqual(["workspace_id", "user_id", "role", "created_at"]);
  expect(columns.get("agents")).toContain("active_deployment_id");
});

test("every table with a workspace_id is row-secured", async () => {
  const { columns, rowSecured } = await readSchemaSql();
  const tenants = [...columns].filter(([, names]) => names.includes("workspace_id")).map(([table]) => table);
  expect(tenants.length).toBeGreaterThan(5);
  expect([...rowSecured]).toEqual(expect.arrayContaining(tenants));
});
