// Sessions: what a cookie opens, for how long, and what ends it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestUser, type TestUser } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { authenticateRequest } from "./authenticate-request";
import { openSessions } from "./sessions";

const day = 86_400_000;
const visitor = { traceId: "trc_1", ipAddress: "10.0.0.1", userAgent: "Mozilla/5.0 (X11; Linux) Firefox/140.0" };

let services: TestServices;
let user: TestUser;
let start: Date;
beforeAll(async () => {
  start = new Date();
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  services.clock.set(start);
  user = await createTestUser(services);
});

const cookieOf = (setCookie: string) => setCookie.split(";")[0] ?? "";
const begin = async () => cookieOf(await openSessions(services).create(user.id, visitor));
const prove = (cookieHeader: string | null) => openSessions(services).prove(cookieHeader);
const storedSession = () => services.owner.selectFrom("userSessions").selectAll().executeTakeFirstOrThrow();

describe("a session", () => {
  it("proves its person by a cookie that scripts cannot read", async () => {
    const setCookie = await openSessions(services).create(user.id, visitor);
    expect(setCookie).toMatch(/^whs_session=[a-z0-9]{40}; HttpOnly; Max-Age=\d+; Path=\/; SameSite=Lax$/);
    const proven = await prove(`theme=dark; ${cookieOf(setCookie)}`);
    expect(proven?.user).toMatchObject({
      kind: "user",
      userId: user.id,
      email: user.email,
      emailVerified: true,
      isSuperAdmin: false,
    });
    expect(Object.keys(proven?.user ?? {})).not.toContain("passwordHash");
  });

  it("is tied to one host over HTTPS in production", async () => {
    const production = { ...services, config: { ...services.config, isProduction: true } };
    const setCookie = await openSessions(production).create(user.id, visitor);
    expect(setCookie).toMatch(/^__Host-whs_session=.*Path=\/; SameSite=Lax; Secure$/);
    expect(await prove(cookieOf(setCookie).replace("__Host-", ""))).not.toBeNull();
    expect(await openSessions(production).prove(cookieOf(setCookie).replace("__Host-", ""))).toBeNull();
  });

  it("lies in the database only as a hash that is no session id", async () => {
    const cookie = await begin();
    const { idHash } = await storedSession();
    expect(cookie).not.toContain(idHash);
    expect(await prove(`whs_session=${idHash}`)).toBeNull();
  });

  it("ends after 7 idle days", async () => {
    const cookie = await begin();
    services.clock.advance(7 * day - 1_000);
    expect(await prove(cookie)).not.toBeNull();
    services.clock.set(new Date(start.getTime() + 7 * day + 7 * day));
    expect(await prove(cookie)).toBeNull();
  });

  it("ends after 30 days, however much it is used, and its cookie is renewed while it lives", async () => {
    const cookie = await begin();
    let renewals = 0;
    for (let days = 0; days < 29; days += 1) {
      services.clock.advance(day);
      const proven = await prove(cookie);
      expect(proven, `day ${days + 1}`).not.toBeNull();
      if (proven?.setCookie) renewals += 1;
    }
    expect(renewals).toBeGreaterThan(3);
    services.clock.advance(day);
    expect(await prove(cookie)).toBeNull();
  });

  it("writes its last use at most once a minute", async () => {
    const cookie = await begin();
    services.clock.advance(59_000);
    await prove(cookie);
    expect((await storedSession()).lastUsedAt).toEqual(start);
    services.clock.advance(2_000);
    await Promise.all(Array.from({ length: 5 }, () => prove(cookie)));
    expect((await storedSession()).lastUsedAt).toEqual(new Date(start.getTime() + 61_000));
  });

  it("stops counting at once when its person is disabled", async () => {
    const cookie = await begin();
    await services.owner.updateTable("users").set({ disabledAt: new Date() }).execute();
    expect(await prove(cookie)).toBeNull();
  });

  it("is nobody's when the cookie is missing, empty, invented or malformed", async () => {
    for (const cookie of [null, "", "whs_session=", "whs_session=aaaaaaaa", `whs_session=${"a".repeat(5_000)}`, "=;;=%00"]) {
      expect(await prove(cookie)).toBeNull();
    }
  });
});

describe("a request", () => {
  it("with a bad Authorization header is refused, and never falls back to its cookie", async () => {
    const cookieHeader = await begin();
    for (const authorizationHeader of ["", "Bearer", "Bearer nonsense", "Basic abc", `Bearer whs_${"a".repeat(43)}_aaaaaa`]) {
      await expect(authenticateRequest(services, { cookieHeader, authorizationHeader })).rejects.toMatchObject({
        code: "UNAUTHENTICATED",
      });
    }
  });

  it("without either comes from nobody", async () => {
    const answer = await authenticateRequest(services, { cookieHeader: null, authorizationHeader: null });
    expect(answer).toEqual({ principal: null, setCookie: null });
  });
});
