// Getting in: what a sign-up makes, what a link opens, and what strangers can learn, which is nothing.
import { compare, hash } from "@node-rs/bcrypt";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  ada,
  askForReset,
  askForVerification,
  browser,
  cookieOf,
  passedOfTen,
  personBehind,
  signUpAda,
  signUpAs,
  tokenFromLetter,
} from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { resetPassword } from "./reset-password";
import { signIn } from "./sign-in";
import { verifyEmail } from "./verify-email";

// The real bcrypt with a counter around it: what strangers could measure is how much of it is done. Hashes are made with a
// low cost, so that the tests are quick; that the product asks for 12 is asserted here, what it means in passwords.test.ts.
vi.mock("@node-rs/bcrypt", async (original) => {
  const real = await original<typeof import("@node-rs/bcrypt")>();
  return { ...real, compare: vi.fn(real.compare), hash: vi.fn((password: string) => real.hash(password, 4)) };
});

let services: TestServices;
let start: Date;
beforeAll(async () => {
  start = new Date();
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  services.clock.set(start);
  vi.mocked(compare).mockClear();
  vi.mocked(hash).mockClear();
});

const hour = 3_600_000;
const bcryptWork = () => vi.mocked(compare).mock.calls.length + vi.mocked(hash).mock.calls.length;
const confirmation = () => ({ token: tokenFromLetter(services), password: ada.password });
const outcomeOf = (act: Promise<unknown>) =>
  act.then(
    () => "done",
    (error: Error) => JSON.stringify({ ...error, message: error.message }),
  );

describe("signing up", () => {
  it("makes a person, a workspace they own, and one letter; the password lies as bcrypt of cost 12", async () => {
    await signUpAs(services, browser, ada);
    const user = await services.owner.selectFrom("users").selectAll().executeTakeFirstOrThrow();
    expect(user).toMatchObject({ email: ada.email, emailVerifiedAt: null, isSuperAdmin: false });
    expect(vi.mocked(hash).mock.calls).toEqual([[ada.password, 12]]);
    expect(user.passwordHash).toMatch(/^\$2[aby]\$/);
    const member = await services.owner.selectFrom("memberships").selectAll().executeTakeFirstOrThrow();
    expect(member).toMatchObject({ userId: user.id, role: "owner" });
    expect(services.mailer.sent.map((mail) => mail.to)).toEqual([ada.email]);
    expect(tokenFromLetter(services)).toHaveLength(64);
    const tokens = JSON.stringify(await services.owner.selectFrom("userTokens").selectAll().execute());
    expect(tokens).not.toContain(tokenFromLetter(services));
  });

  it("answers and works the same for a known address, changes nothing, and tells its owner by mail", async () => {
    await signUpAda(services);
    const before = await services.owner.selectFrom("users").selectAll().executeTakeFirstOrThrow();
    vi.mocked(hash).mockClear();
    await signUpAs(services, browser, { ...ada, email: "new@example.test" });
    const workForNew = bcryptWork();
    vi.mocked(hash).mockClear();
    await signUpAs(services, browser, { ...ada, displayName: "Mallory", password: "another password" });
    expect(bcryptWork()).toBe(workForNew);
    expect(services.mailer.sent.at(-1)).toMatchObject({ to: ada.email, subject: expect.stringContaining("already") });
    const after = await services.owner.selectFrom("users").selectAll().where("id", "=", before.id).executeTakeFirstOrThrow();
    expect(after).toEqual(before);
  });

  it("ten times at once for one address makes one person with one workspace", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, place) => signUpAs(services, { ...browser, ipAddress: `10.0.0.${place}` }, ada)),
    );
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(5);
    expect(await services.owner.selectFrom("users").select("id").execute()).toHaveLength(1);
    expect(await services.owner.selectFrom("workspaces").select("id").execute()).toHaveLength(1);
  });

  it("again before confirming replaces the password, and the older link dies", async () => {
    await signUpAs(services, browser, { ...ada, password: "a stranger's password" });
    const stale = tokenFromLetter(services);
    await signUpAs(services, browser, ada);
    await expect(verifyEmail(services, browser, { token: stale, password: "a stranger's password" })).rejects.toMatchObject({
      details: { reason: "link_dead" },
    });
    await verifyEmail(services, browser, confirmation());
    await expect(signIn(services, browser, { email: ada.email, password: "a stranger's password" })).rejects.toThrow();
    await expect(signIn(services, browser, ada)).resolves.toBeDefined();
  });
});

describe("the verification link", () => {
  it("signs in exactly one of ten racing uses", async () => {
    await signUpAs(services, browser, ada);
    const token = tokenFromLetter(services);
    expect(await passedOfTen(() => verifyEmail(services, browser, { token, password: ada.password }))).toBe(1);
    expect(await services.owner.selectFrom("userSessions").select("userId").execute()).toHaveLength(1);
  });

  it("confirms no password that its reader did not choose: a stranger who signed up with the address stays outside", async () => {
    const strangers = { ...ada, password: "a stranger's password" };
    await signUpAs(services, browser, ada);
    await signUpAs(services, { ...browser, ipAddress: "10.6.6.6" }, strangers);
    await expect(verifyEmail(services, browser, confirmation())).rejects.toMatchObject({
      details: { reason: "wrong_credentials" },
    });
    await expect(signIn(services, browser, strangers)).rejects.toMatchObject({ details: { reason: "email_not_verified" } });
    await askForReset(services, ada.email);
    await resetPassword(services, browser, confirmation());
    await expect(signIn(services, browser, strangers)).rejects.toMatchObject({ details: { reason: "wrong_credentials" } });
    await expect(signIn(services, browser, ada)).resolves.toBeDefined();
  });

  it("works until 24 hours have passed", async () => {
    await signUpAs(services, browser, ada);
    services.clock.advance(24 * hour);
    await expect(verifyEmail(services, browser, confirmation())).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
    await askForVerification(services, ada.email);
    services.clock.advance(24 * hour - 1_000);
    await expect(verifyEmail(services, browser, confirmation())).resolves.toBeDefined();
  });

  it("opens nothing else: neither a reset nor a sign-in by link", async () => {
    await signUpAs(services, browser, ada);
    const input = { token: tokenFromLetter(services), password: "a brand new password" };
    await expect(resetPassword(services, browser, input)).rejects.toMatchObject({ details: { reason: "link_dead" } });
  });

  it("is sent again only to who waits for it, with the same answer for everybody", async () => {
    await signUpAda(services);
    services.mailer.sent.length = 0;
    await askForVerification(services, ada.email);
    await askForVerification(services, "nobody@example.test");
    expect(services.mailer.sent).toEqual([]);
  });
});

describe("signing in", () => {
  it("gives the same answer and does the same work for a wrong password, an unknown address and an account without a password", async () => {
    await signUpAda(services);
    const tries = [
      { email: ada.email, password: "wrong" },
      { email: "nobody@example.test", password: "wrong" },
      { email: "operator@localhost", password: "wrong" },
    ];
    await services.owner
      .insertInto("users")
      .values({
        id: "usr_op",
        email: "operator@localhost",
        displayName: "Op",
        passwordHash: null,
        emailVerifiedAt: start,
        disabledAt: null,
      })
      .execute();
    const seen = [];
    for (const input of tries) {
      vi.mocked(compare).mockClear();
      vi.mocked(hash).mockClear();
      seen.push({ outcome: await outcomeOf(signIn(services, browser, input)), work: bcryptWork() });
    }
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[1]).toEqual(seen[2]);
    expect(seen[0]?.work).toBe(1);
    const comparedWith = String(vi.mocked(compare).mock.calls.at(-1)?.[1]);
    expect(comparedWith).toMatch(/^\$2[aby]\$12\$.{53}$/);
    expect(seen[0]?.outcome).toContain("wrong_credentials");
  });

  it("tells of an unconfirmed or disabled account only after the right password", async () => {
    await signUpAs(services, browser, ada);
    const wrong = { ...ada, password: "wrong" };
    await expect(signIn(services, browser, wrong)).rejects.toMatchObject({ details: { reason: "wrong_credentials" } });
    await expect(signIn(services, browser, ada)).rejects.toMatchObject({ details: { reason: "email_not_verified" } });
    await verifyEmail(services, browser, confirmation());
    await services.owner.updateTable("users").set({ disabledAt: start }).execute();
    await expect(signIn(services, browser, wrong)).rejects.toMatchObject({ details: { reason: "wrong_credentials" } });
    await expect(signIn(services, browser, ada)).rejects.toMatchObject({ details: { reason: "account_disabled" } });
  });

  it("always begins a fresh session and ends the one that the browser presented", async () => {
    const planted = await signUpAda(services);
    const user = await personBehind(services, planted);
    const { setCookie } = await signIn(services, { ...browser, sessionIdHash: user?.sessionIdHash ?? null }, ada);
    expect(cookieOf(setCookie)).not.toBe(cookieOf(planted));
    expect(await personBehind(services, planted)).toBeNull();
    expect(await personBehind(services, setCookie)).toMatchObject({ email: ada.email });
  });

  it("is slowed after ten tries from one address, also with the right password; other addresses are not locked out", async () => {
    await signUpAda(services);
    for (let place = 0; place < 10; place += 1)
      await signIn(services, browser, { ...ada, password: "wrong" }).catch(() => undefined);
    await expect(signIn(services, browser, ada)).rejects.toMatchObject({ code: "RATE_LIMITED" });
    await expect(signIn(services, { ...browser, ipAddress: "10.9.9.9" }, ada)).resolves.toBeDefined();
  });

  it("with the right password takes back what was mistyped before", async () => {
    await signUpAda(services);
    for (let round = 0; round < 3; round += 1) {
      for (let place = 0; place < 8; place += 1)
        await signIn(services, browser, { ...ada, password: "wrong" }).catch(() => undefined);
      await expect(signIn(services, browser, ada)).resolves.toBeDefined();
    }
  });

  it("leaves a line in the audit log, refused or not, without the address that was typed", async () => {
    await signUpAda(services);
    await signIn(services, browser, { ...ada, password: "wrong" }).catch(() => undefined);
    await signIn(services, browser, ada);
    const rows = await services.owner
      .selectFrom("auditEntries")
      .selectAll()
      .where("workspaceId", "=", "platform")
      .orderBy("seq")
      .execute();
    expect(rows.map((row) => row.action)).toEqual([
      "user.sign_up",
      "user.verify_email",
      "session.create",
      "session.refuse",
      "session.create",
    ]);
    expect(JSON.stringify(rows)).not.toContain(ada.email);
  });
});
