// Names: kebab-case, the closed set of suffixes, none of the words that say nothing.
import type { HouseFile, Place } from "./house-file";

const empty = new Set([
  "utils",
  "util",
  "helpers",
  "helper",
  "common",
  "misc",
  "shared",
  "lib",
  "core",
  "base",
  "manager",
  "constants",
]);
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const source = /^[a-z0-9]+(-[a-z0-9]+)*(\.(contract|queries|jobs|router|http|conformance))?(\.test)?\.tsx?$/;
/** Names that a framework or tool fixes. */
const fixed = /^(entry\.(client|server)\.tsx|.+\.config\.(ts|js|mjs)|.+\.d\.ts|.+\.test-d\.ts)$/;
const houseFolders = /^(app|server|db|jobs|runtime|launch|checks|e2e|bench|soak)\//;

export function findBadFileNames(file: HouseFile): Place[] {
  const folders = file.path.split("/");
  const name = folders.pop() ?? "";
  const stem = name.split(".")[0] ?? "";
  const said = [...folders, stem].filter((word) => empty.has(word)).map((word) => `"${word}" says nothing about what is inside`);
  if (/^index\.(ts|tsx|js|mjs)$/.test(name) && !file.path.startsWith("examples/"))
    said.push("a file named index hides what it is");
  if (houseFolders.test(file.path)) said.push(...oddities(folders, name, file.path));
  return said.map((what) => ({ line: 1, what }));
}

function oddities(folders: string[], name: string, path: string): string[] {
  const oddFolder = folders.find((folder) => !kebab.test(folder) && folder !== "queries.sql");
  const said = oddFolder ? [`the folder "${oddFolder}" is not kebab-case`] : [];
  const isRoute = path.startsWith("app/routes/");
  if (/\.tsx?$/.test(name) && !isRoute && !fixed.test(name) && !source.test(name)) {
    said.push(`"${name}" is not kebab-case with one of the suffixes .contract .queries .jobs .router .http .conformance .test`);
  }
  return said;
}
