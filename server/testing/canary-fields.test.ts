// The canary test knows every place of a secret: no secret variable and no sensitive column is without its line.
import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import type { ColumnClass } from "~/db/tables/classes";
import { configVariables } from "~/server/config-variables";
import { canaries, secretVariables, sensitiveColumns } from "./canary-fields";

/** `table.column` of each column of class `sensitive`; every table file exports its classes as `<table>Columns`. */
async function columnsInTables(): Promise<string[]> {
  const folder = path.resolve("db/tables");
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && file !== "classes.ts");
  const modules = await Promise.all(files.map((file) => import(path.join(folder, file)) as Promise<Record<string, unknown>>));
  return modules.flatMap((exported) =>
    Object.entries(exported)
      .filter(([name]) => name.endsWith("Columns"))
      .flatMap(([name, classes]) => sensitiveOf(name.slice(0, -"Columns".length), classes as Record<string, ColumnClass>)),
  );
}

function sensitiveOf(table: string, classes: Record<string, ColumnClass>): string[] {
  return Object.entries(classes).flatMap(([column, kind]) => (kind === "sensitive" ? [`${table}.${column}`] : []));
}

it("names every secret variable of the configuration, and no other", () => {
  const secret = Object.entries(configVariables).filter(([, variable]) => variable.secret);
  expect(Object.keys(secretVariables).sort()).toEqual(secret.map(([name]) => name).sort());
});

it("names every sensitive column of the database, and no other", async () => {
  const columns = await columnsInTables();
  expect(columns.length).toBeGreaterThan(40);
  expect(Object.keys(sensitiveColumns).sort()).toEqual(columns.sort());
});

it("plants every canary that a field names, for a reason or with a value", () => {
  for (const planted of [...Object.values(secretVariables), ...Object.values(sensitiveColumns)]) {
    if ("canary" in planted) expect(canaries).toHaveProperty(planted.canary);
    else expect(planted.none).toMatch(/\w{3}/);
  }
});
