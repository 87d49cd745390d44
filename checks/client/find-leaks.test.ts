// Server words in a browser's script are found, ordinary words are not; first loads count each script once.
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { findLeaks, namesOfTheServer } from "./find-leaks";
import { measureFirstLoads } from "./measure-first-loads";

test.each([
  ["KEY_ENCRYPTION_KEY", "read(env.KEY_ENCRYPTION_KEY)"],
  ["user_sessions", 'from("user_sessions")'],
  ["passwordHash", "a.passwordHash===b"],
  ["sealed_value", "'sealed_value'"],
  ['from"node:', 'import a from"node:fs";'],
])("finds %s", async (word, script) => {
  expect(findLeaks(script, await namesOfTheServer())).toEqual([word]);
});

test("leaves the words of the screens alone", async () => {
  expect(findLeaks('const agents=1,deployments="users";location.hash', await namesOfTheServer())).toEqual([]);
});

test("a page's first load is entry, parents and itself, each script once", () => {
  const text = () => randomBytes(2_000).toString("base64");
  const scripts = new Map(["/m", "/entry", "/react", "/root", "/page", "/other"].map((path) => [path, text()]));
  const manifest = {
    url: "/m",
    entry: { module: "/entry", imports: ["/react"] },
    routes: {
      root: { id: "root", module: "/root", imports: ["/react"] },
      page: { id: "page", parentId: "root", module: "/page", imports: ["/react"] },
      other: { id: "other", parentId: "root", module: "/other" },
    },
  };
  const size = (...paths: string[]) => paths.reduce((sum, path) => sum + gzipSync(scripts.get(path) ?? "").length, 0);
  const loads = new Map(measureFirstLoads(manifest, scripts).map(({ route, bytes }) => [route, bytes]));
  expect(loads.get("page")).toBe(size("/entry", "/react", "/root", "/page"));
  expect(loads.get("root")).toBe(size("/entry", "/react", "/root"));
});
