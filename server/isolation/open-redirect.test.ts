// A link to us never leads to somebody else: every page and every form that may redirect, given every address that a trickster would try (MISSION J6).
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueCsrfToken } from "~/server/http/csrf-token";
import { sha256Hex } from "~/server/sha256";
import { growWalking, type Walking } from "~/server/testing/isolation-world";
import { loadPages, type PageRoute } from "~/server/testing/load-pages";
import { type OpenDoors, openDoors } from "~/server/testing/open-doors";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { type Ids, walked } from "./named-ids";
import { pageRows } from "./page-rows";
import { walkers } from "./walkers";

const { routes, handler } = await loadPages();
const pages = routes.filter((route): route is PageRoute & { path: string } => route.path !== null);

const tricks = [
  "https://evil.example",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/%09/evil.example",
  "/.//evil.example",
  "/..//evil.example",
  "/x/..//evil.example",
  "http:evil.example",
  "javascript:alert(1)//evil.example",
  "data:text/html,evil.example",
  " //evil.example",
  "/@evil.example/..//evil.example",
  "/\u2028//evil.example",
  "http://127.0.0.1:3000@evil.example/",
  "http://127.0.0.1:3000.evil.example/",
];
/** One of each family, for the many pages. */
const families = ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "/.//evil.example"];
/** Every name under which sites of the world look for a place to go on to. */
const names = ["to", "next", "return", "returnTo", "redirect", "redirectTo", "url", "continue"];
const browser = "A".repeat(22);

let services: TestServices;
let doors: OpenDoors;
let person: Walking;
beforeAll(async () => {
  services = await createTestServices();
  doors = await openDoors(services, handler);
  const [owner] = walkers;
  if (!owner) throw new Error("nobody walks");
  person = await growWalking(services, owner);
});
afterAll(async () => {
  await doors.close();
  await services.dispose();
});

function pathOf(page: { path: string }): string {
  const filled = page.path.replace("*", "nowhere");
  return filled.replaceAll(/:(\w+)/g, (_, name: string) =>
    name === "workspaceId" ? person.workspace.id : (person.ids[name as keyof Ids] ?? "x"),
  );
}

/** Where the answer sends the browser; null when it stays. */
async function destination(request: {
  method: "GET" | "POST";
  url: string;
  cookie: string;
  payload?: string;
}): Promise<string | null> {
  await services.redis.flushdb();
  const { method, url, cookie, payload } = request;
  const headers = { cookie, origin: doors.door.origin, "content-type": "application/x-www-form-urlencoded" };
  const answer = await doors.app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  // A data request says it in its body.
  const said = answer.statusCode === 202 ? /"redirect",("(?:[^"\\]|\\.)*")/.exec(answer.body)?.[1] : undefined;
  return answer.headers.location ?? (said ? (JSON.parse(said) as string) : null);
}

function staysHere(location: string): boolean {
  return new URL(location, doors.door.origin).origin === doors.door.origin;
}

const callers: [string, () => { cookie: string; binding: string }][] = [
  ["somebody signed in", () => signedIn()],
  ["somebody signed out", () => ({ cookie: `whs_browser=${browser}`, binding: `browser:${browser}` })],
];

function signedIn() {
  const session = person.credentials.cookieHeader ?? "";
  return { cookie: session, binding: `session:${sha256Hex(session.split("=")[1] ?? "")}` };
}

it("a data request's redirect is seen", async () => {
  const url = `/sign-in.data?_routes=routes/_door.sign-in&to=%2Faccount`;
  expect(await destination({ method: "GET", url, cookie: signedIn().cookie })).toBe("/account");
});

describe("a link with a place to go on to", () => {
  for (const [who, caller] of callers) {
    it(`leads ${who} nowhere else, on any page`, async () => {
      for (const page of pages.filter(({ hasLoader }) => hasLoader)) {
        for (const trick of families) {
          const query = new URLSearchParams([["_routes", page.id], ...names.map((name) => [name, trick])]);
          const url = `${page.path === "/" ? "/_root" : pathOf(page)}.data?${query}`;
          const location = await destination({ method: "GET", url, cookie: caller().cookie });
          expect([page.path, trick, location === null || staysHere(location)]).toEqual([page.path, trick, true]);
        }
      }
    });
  }
});

describe("a form with a place to go on to", () => {
  it("that was filled in rightly goes on inside, and only inside", async () => {
    const right = { email: "", password: walked.password };
    right.email = person.workspace.owner.email;
    for (const [to, expected] of [
      ...tricks.map((trick) => [trick, null] as const),
      ["/account?x=1#y", "/account?x=1#y"] as const,
    ]) {
      const csrf = issueCsrfToken(services.config.sessionSecret, `browser:${browser}`);
      const payload = new URLSearchParams({ ...right, csrf, to }).toString();
      const location = await destination({ method: "POST", url: "/sign-in", cookie: `whs_browser=${browser}`, payload });
      expect([to, location === null ? "nowhere" : staysHere(location)]).toEqual([to, true]);
      if (expected) expect(location).toBe(expected);
    }
  });

  for (const [who, caller] of callers) {
    it(`sent by ${who} leads nowhere else, on any page`, async () => {
      for (const page of pages.filter(({ hasAction, path }) => hasAction && isHarmless(path))) {
        for (const trick of families) {
          const csrf = issueCsrfToken(services.config.sessionSecret, caller().binding);
          const fields = {
            csrf,
            intent: pageRows[page.path]?.intents?.[0] ?? "",
            ...Object.fromEntries(names.map((name) => [name, trick])),
          };
          const payload = new URLSearchParams(fields).toString();
          const location = await destination({
            method: "POST",
            url: `${pathOf(page)}.data${page.isIndex ? "?index" : ""}`,
            cookie: caller().cookie,
            payload,
          });
          expect([page.path, trick, location === null || staysHere(location)]).toEqual([page.path, trick, true]);
        }
      }
    });
  }
});

/** The others would end the session that this walk goes with. */
function isHarmless(path: string): boolean {
  return path !== "/sign-out" && !path.startsWith("/account");
}
