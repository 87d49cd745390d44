// A column without a class, and a column that only one side knows, are found.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkColumns } from "./check-columns";

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "columns-"));
  await cp("db/schema.ts", join(root, "db/schema.ts"));
  await cp("db/tables", join(root, "db/tables"), { recursive: true });
});

afterAll(() => rm(root, { recursive: true }));

async function findingsAfter(path: string, change: (text: string) => string): Promise<string[]> {
  const file = join(root, path);
  const before = await readFile(file, "utf8");
  await writeFile(file, change(before));
  const findings = await checkColumns({ root, write: false });
  await writeFile(file, before);
  return findings.map((finding) => `${finding.where} ${finding.what}`);
}

test("the tables as they are agree with the migrations", async () => {
  expect(await findingsAfter("db/schema.ts", (text) => text)).toEqual([]);
});

test("a table without classes is found", async () => {
  const found = await findingsAfter("db/tables/users.ts", (text) => text.replace("ColumnClasses<UsersTable>", "Words"));
  expect(found).toEqual(["db/tables/users.ts users has no column classes"]);
});

test("a column that only the migration knows is found", async () => {
  const found = await findingsAfter("db/tables/users.ts", (text) => text.replace(/\n {2}email: "sensitive",/, ""));
  expect(found).toEqual(["db/tables/users.ts users.email is in the migration only"]);
});

test("a column that no migration makes is found", async () => {
  const found = await findingsAfter("db/tables/users.ts", (text) =>
    text.replace('email: "sensitive",', 'email: "sensitive", shoeSize: "public",'),
  );
  expect(found).toEqual(["db/tables/users.ts users.shoe_size is in the table file only"]);
});

test("a table that the schema forgot is found", async () => {
  const found = await findingsAfter("db/schema.ts", (text) => text.replace("  users: UsersTable;\n", ""));
  expect(found).toEqual(["db/schema.ts users is missing"]);
});
