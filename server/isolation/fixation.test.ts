// Cookies that somebody else put into a browser: none of them becomes a session, and none of them binds a form (MISSION B4, B5).
import { hash } from "@node-rs/bcrypt";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openSessions } from "~/server/auth/sessions";
import { issueCsrfToken } from "~/server/http/csrf-token";
import { sha256Hex } from "~/server/sha256";
import { createTestUser, type TestUser } from "~/server/testing/factories";
import { loadPages } from "~/server/testing/load-pages";
import { type OpenDoors, openDoors } from "~/server/testing/open-doors";
import { cookieOf } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

const { handler } = await loadPages();
const password = "the right password";
const visitor = { traceId: "trc_1", ipAddress: null, userAgent: null };
const browser = "A".repeat(22);

let services: TestServices;
let doors: OpenDoors;
let victim: TestUser;
let attacker: TestUser;
beforeAll(async () => {
  services = await createTestServices();
  doors = await openDoors(services, handler);
});
afterAll(async () => {
  await doors.close();
  await services.dispose();
});
beforeEach(async () => {
  await services.reset();
  const passwordHash = await hash(password, 4);
  [victim, attacker] = [await createTestUser(services, { passwordHash }), await createTestUser(services, { passwordHash })];
});

/** The victim signs in with what their browser holds; answers the Set-Cookie headers. */
async function signIn(cookie: string, binding = `browser:${browser}`): Promise<{ status: number; cookies: string[] }> {
  const csrf = issueCsrfToken(services.config.sessionSecret, binding);
  const answer = await doors.app.inject({
    method: "POST",
    url: "/sign-in",
    headers: { cookie, origin: doors.door.origin, "content-type": "application/x-www-form-urlencoded" },
    payload: new URLSearchParams({ csrf, email: victim.email, password, to: "/account" }).toString(),
  });
  return { status: answer.statusCode, cookies: [answer.headers["set-cookie"] ?? []].flat() };
}

const sessionCookieIn = (cookies: string[]) => cookies.find((cookie) => /^whs_session=\w/.test(cookie)) ?? "";

async function nameBehind(cookie: string): Promise<string | null> {
  return (await openSessions(services).prove(cookie))?.user.userId ?? null;
}

describe("a planted session", () => {
  const planted = [
    ["an invented one", () => "whs_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
    ["an empty one", () => "whs_session="],
    [
      "two at once",
      () => "whs_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; whs_session=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    ],
    ["a very long one", () => `whs_session=${"a".repeat(4_000)}`],
    ["one under the name of production", () => "__Host-whs_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
  ] as const;
  for (const [what, cookie] of planted) {
    it(`(${what}) is not taken over by a sign-in: the session gets an id that nobody chose`, async () => {
      const { status, cookies } = await signIn(`${cookie()}; whs_browser=${browser}`);
      expect(status).toBe(302);
      const fresh = cookieOf(sessionCookieIn(cookies));
      expect(await nameBehind(fresh)).toBe(victim.id);
      expect(cookie()).not.toContain(fresh.split("=")[1]);
      expect(await nameBehind(cookie())).toBeNull();
    });
  }

  it("that is the attacker's own and live ends when the victim signs in over it, and never becomes the victim's", async () => {
    const theirs = cookieOf(await openSessions(services).create(attacker.id, visitor));
    const binding = `session:${sha256Hex(theirs.split("=")[1] ?? "")}`;
    const { status, cookies } = await signIn(`${theirs}; whs_browser=${browser}`, binding);
    expect(status).toBe(302);
    expect(await nameBehind(cookieOf(sessionCookieIn(cookies)))).toBe(victim.id);
    expect(await nameBehind(theirs)).toBeNull();
  });

  it("cannot come from another host: the cookie names no domain, is unreadable to scripts, and over HTTPS is tied to this host", async () => {
    const { cookies } = await signIn(`whs_browser=${browser}`);
    for (const cookie of cookies) expect(cookie).toMatch(/HttpOnly.*SameSite=Lax|SameSite=Lax.*HttpOnly/i);
    for (const cookie of cookies) expect(cookie).not.toMatch(/domain=/i);
    const production = { ...services, config: { ...services.config, isProduction: true } };
    const setCookie = await openSessions(production).create(victim.id, visitor);
    expect(setCookie).toMatch(/^__Host-whs_session=.*Path=\/.*Secure/i);
    const underOldName = cookieOf(setCookie).replace("__Host-", "");
    expect(await openSessions(production).prove(underOldName)).toBeNull();
  });
});

describe("a form's token", () => {
  it("that was made for the browser before the sign-in is worth nothing after it", async () => {
    const early = issueCsrfToken(services.config.sessionSecret, `browser:${browser}`);
    const { cookies } = await signIn(`whs_browser=${browser}`);
    const answer = await doors.app.inject({
      method: "POST",
      url: "/sign-out.data",
      headers: {
        cookie: `${cookieOf(sessionCookieIn(cookies))}; whs_browser=${browser}`,
        origin: doors.door.origin,
        "content-type": "application/x-www-form-urlencoded",
      },
      payload: new URLSearchParams({ csrf: early }).toString(),
    });
    expect([answer.statusCode, answer.body.includes('"csrf"')]).toEqual([403, true]);
    expect(await nameBehind(cookieOf(sessionCookieIn(cookies)))).toBe(victim.id);
  });

  it("that the attacker got for their own browser does not sign the victim in as the attacker", async () => {
    const theirs = issueCsrfToken(services.config.sessionSecret, `browser:${"B".repeat(22)}`);
    const answer = await doors.app.inject({
      method: "POST",
      url: "/sign-in.data",
      headers: {
        cookie: `whs_browser=${browser}`,
        origin: doors.door.origin,
        "content-type": "application/x-www-form-urlencoded",
      },
      payload: new URLSearchParams({ csrf: theirs, email: attacker.email, password }).toString(),
    });
    expect(answer.statusCode).toBe(403);
    expect(sessionCookieIn([answer.headers["set-cookie"] ?? []].flat())).toBe("");
  });
});
