// A document that no longer says what the code says is found, and refreshed on demand; so is a package without its line.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkDependencies } from "./check-dependencies";
import { checkDocuments } from "./check-documents";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "documents-"));
});

afterEach(() => rm(root, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

const marked = (name: string) => `before\n<!-- ${name}:begin -->\nold\n<!-- ${name}:end -->\nafter\n`;

test("an old table is found, --write refreshes it and nothing around it", async () => {
  await write("README.md", marked("configuration"));
  await write("docs/security/permissions.md", marked("permissions"));
  await write("docs/security/isolation-matrix.md", marked("isolation"));
  await write("docs/errors.md", marked("errors"));
  expect(await checkDocuments({ root, write: false })).toHaveLength(4);
  expect(await checkDocuments({ root, write: true })).toEqual([]);
  expect(await checkDocuments({ root, write: false })).toEqual([]);
  const readme = await readFile(join(root, "README.md"), "utf8");
  expect(readme).toMatch(
    /^before\n<!-- configuration:begin -->\n\| variable[\s\S]*`DATABASE_URL`[\s\S]*<!-- configuration:end -->\nafter\n$/,
  );
});

test("a document without the marks is found", async () => {
  await write("README.md", "nothing\n");
  await write("docs/security/permissions.md", "nothing\n");
  await write("docs/security/isolation-matrix.md", "nothing\n");
  await write("docs/errors.md", "nothing\n");
  expect(await checkDocuments({ root, write: true })).toHaveLength(4);
});

test("a package without a line, a line without a package and a loose version are found", async () => {
  await write(
    "package.json",
    JSON.stringify({ dependencies: { one: "1.0.0", two: "^2.0.0" }, devDependencies: { three: "3.0.0" } }),
  );
  await write("docs/dependencies.md", "| `one` | does this |\n| `two` | does that |\n| `gone` | did something |\n");
  const found = (await checkDependencies({ root, write: false })).map((finding) => finding.what);
  expect(found).toEqual(["three has no line", "gone is no dependency any more", "two is not pinned"]);
});
