// A link may say where to go next, but never to leave this site.
import { describe, expect, it } from "vitest";
import { ownPlace, paths } from "./paths";

describe("the place to go next", () => {
  const away = [
    "https://evil.example/",
    "//evil.example/",
    "/.//evil.example/",
    "/a/..//evil.example/",
    "/%2e//evil.example/",
    "/\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "//",
    "javascript:alert(1)",
    "evil",
    "",
    null,
  ];
  for (const to of away) {
    it(`is home instead of ${JSON.stringify(to)}`, () => expect(ownPlace(to, "/home")).toBe("/home"));
  }

  it("is the asked one inside the site, with its search and place in the page", () => {
    expect(ownPlace("/w/wks_1/agents?limit=5#end", "/home")).toBe("/w/wks_1/agents?limit=5#end");
  });
});

describe("an address with something in it", () => {
  it("is written so that it is read back whole", () => {
    const to = new URL(paths.signUp("ada+test&x@example.com"), "http://here");
    expect([to.pathname, to.searchParams.get("email")]).toEqual(["/sign-up", "ada+test&x@example.com"]);
    expect(paths.signUp()).toBe("/sign-up");
  });
});
