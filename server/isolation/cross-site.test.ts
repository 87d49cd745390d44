// Requests that another site makes a browser send: refused on every route that changes things, read from the route table (MISSION B5, J6).
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { growWalking, type Walking } from "~/server/testing/isolation-world";
import { noteRoute, takeRoutes } from "~/server/testing/list-routes";
import { type OpenDoors, openDoors } from "~/server/testing/open-doors";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { routeRows } from "./route-rows";
import { type Walker, walkers } from "./walkers";

vi.mock("fastify", async (original) => {
  const fastify = await original<typeof import("fastify")>();
  const open = (options: object) => {
    const app = fastify.default(options);
    app.addHook("onRoute", noteRoute);
    return app;
  };
  return { ...fastify, default: open };
});

/** Machines sign what they send, and cookies are not looked at there. */
const signed = Object.entries(routeRows)
  .filter(([, row]) => row.who === "machine")
  .map(([name]) => filledIn(name));

let services: TestServices;
let doors: OpenDoors;
let person: Walking;
let program: Walking;
let routes: { method: string; url: string }[];
/** Whether a page was reached. */
let isReached = false;

beforeAll(async () => {
  services = await createTestServices();
  doors = await openDoors(services, async () => {
    isReached = true;
    return new Response("reached");
  });
  routes = takeRoutes().flatMap((name) => {
    const [said = "", pattern = ""] = name.split(" ");
    const url = filledIn(pattern);
    return (said === "*" ? ["POST", "PUT", "PATCH", "DELETE"] : [said]).map((method) => ({ method, url }));
  });
  person = await growWalking(services, walkerNamed("owner"));
  program = await growWalking(services, walkerNamed("key: all"));
});
afterAll(async () => {
  await doors.close();
  await services.dispose();
});

function walkerNamed(name: string): Walker {
  const walker = walkers.find((one) => one.name === name);
  if (!walker) throw new Error(`nobody is called ${name}`);
  return walker;
}

/** A pattern with something for each of its parts. */
function filledIn(pattern: string): string {
  return pattern.replaceAll(/:(\w+)/g, "x").replace("*", "x");
}

function changing() {
  return routes.filter(({ method, url }) => method !== "GET" && method !== "OPTIONS" && !signed.includes(`${method} ${url}`));
}

/** What came back, and whether it was refused for where it came from. */
async function send(route: { method: string; url: string }, headers: Record<string, string>) {
  isReached = false;
  const answer = await doors.app.inject({
    method: route.method as "POST",
    url: route.url,
    headers: { "content-type": "application/json", ...headers },
    ...(route.method === "DELETE" ? {} : { payload: "{}" }),
  });
  const isRefused = answer.statusCode === 403 && answer.body.includes('"cross_origin"');
  return { answer, isRefused, where: `${route.method} ${route.url}` };
}

const ours = () => doors.door.origin;
const cookie = () => person.credentials.cookieHeader ?? "";

const forged: [string, () => Record<string, string>][] = [
  ["another site", () => ({ origin: "https://evil.example", "sec-fetch-site": "cross-site" })],
  ["another site whose browser does not say so", () => ({ origin: "https://evil.example" })],
  ["a sibling domain", () => ({ origin: "https://other.webhost.example", "sec-fetch-site": "same-site" })],
  ["our own origin, it says, but cross-site", () => ({ origin: ours(), "sec-fetch-site": "cross-site" })],
  ["a sandboxed frame", () => ({ origin: "null" })],
  ["another port", () => ({ origin: "http://127.0.0.1:1" })],
  ["an origin that only begins with ours", () => ({ origin: `${ours()}.evil.example` })],
  ["an origin with ours as its user", () => ({ origin: `http://${new URL(ours()).host}@evil.example` })],
  ["a foreign page by its referer", () => ({ referer: `https://evil.example/?${ours()}` })],
  ["a referer that is no address", () => ({ referer: "about:blank" })],
  ["nowhere, silently", () => ({})],
];

describe("a state-changing request with a cookie", () => {
  it("is looked at on every surface", () => {
    const urls = changing().map(({ url }) => url);
    for (const one of ["/v1/agents", "/v1/uploads", "/v1/invoke/x", "/v1/invoke/x/stream", "/trpc/x", "/x"])
      expect(urls).toContain(one);
    expect(urls.length).toBeGreaterThan(30);
  });

  for (const [what, headers] of forged) {
    it(`from ${what} is refused on every route, before anything of it is read`, async () => {
      for (const route of changing()) {
        const { isRefused, where } = await send(route, { cookie: cookie(), ...headers() });
        expect([where, isRefused, isReached]).toEqual([where, true, false]);
      }
    });
  }

  it("from our own page is let in everywhere", async () => {
    for (const route of changing()) {
      const { isRefused, where } = await send(route, { cookie: cookie(), origin: ours(), "sec-fetch-site": "same-origin" });
      expect([where, isRefused]).toEqual([where, false]);
    }
  });
});

describe("a program with a key and no cookie", () => {
  it("is let in on every route, whatever it says about its origin", async () => {
    const authorization = program.credentials.authorizationHeader ?? "";
    for (const route of changing()) {
      const { isRefused, where } = await send(route, {
        authorization,
        origin: "https://evil.example",
        "sec-fetch-site": "cross-site",
      });
      expect([where, isRefused]).toEqual([where, false]);
    }
  });
});

describe("another site's script", () => {
  it("is never told that it may read an answer of ours: no route says so, nor its preflight", async () => {
    for (const { method, url } of routes) {
      for (const asked of [method, "OPTIONS"]) {
        const answer = await doors.app.inject({
          method: asked as "GET",
          url,
          headers: {
            cookie: cookie(),
            origin: "https://evil.example",
            "access-control-request-method": method,
            "access-control-request-headers": "authorization, content-type",
          },
        });
        const allowing = Object.keys(answer.headers).filter((name) => name.startsWith("access-control-allow"));
        expect([`${asked} ${url}`, allowing]).toEqual([`${asked} ${url}`, []]);
      }
    }
  });
});
