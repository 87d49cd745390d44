// Accounts: getting in, what strangers can learn (nothing), and what ends.
import { compare, hash } from "@node-rs/bcrypt";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openSessions } from "~/server/auth/sessions";
import { principalOf } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import type { Caller } from "./begin-session";
import { changePassword } from "./change-password";
import { listSessions } from "./list-sessions";
import { requestPasswordReset } from "./request-password-reset";
import { resendVerification } from "./resend-verification";
import { resetPassword } from "./reset-password";
import { revokeAllSessions } from "./revoke-all-sessions";
import { revokeSession } from "./revoke-session";
import { signIn } from "./sign-in";
import { signOut } from "./sign-out";
import { signUp } from "./sign-up";
import { verifyEmail } from "./verify-email";

// The real bcrypt with a counter around it: what strangers could measure is how much of it is done.
vi.mock("@node-rs/bcrypt", async (original) => {
  const real = await original<typeof import("@node-rs/bcrypt")>();
  return { ...real, compare: vi.fn(real.compare), hash: vi.fn(real.hash) };
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
const ada = { email: "ada@example.test", displayName: "Ada", password: "correct horse battery" };
const browser: Caller = {
  traceId: "trc_1",
  ipAddress: "10.0.0.1",
  userAgent: "Mozilla/5.0 (Windows) Chrome/140",
  sessionIdHash: null,
};
const cookieOf = (setCookie: string) => setCookie.split(";")[0] ?? "";
const prove = async (setCookie: string) => (await openSessions(services).prove(cookieOf(setCookie)))?.user ?? null;
const tokenIn = (text: string | undefined) => /token=([0-9a-f]{64})/.exec(text ?? "")?.[1] ?? "";
const lastToken = () => tokenIn(services.mailer.sent.at(-1)?.text);
const bcryptWork = () => vi.mocked(compare).mock.calls.length + vi.mocked(hash).mock.calls.length;
const outcomeOf = (act: Promise<unknown>) =>
  act.then(
    () => "done",
    (error: Error) => JSON.stringify({ ...error, message: error.message }),
  );

async function signedUpAndVerified() {
  await signUp(services, browser, ada);
  return verifyEmail(services, browser, { token: lastToken() });
}

async function tenAtOnce<T>(act: () => Promise<T>) {
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, act));
  return outcomes.filter((outcome) => outcome.status === "fulfilled").length;
}

describe("signing up", () => {
  it("makes a person, a workspace they own, and one letter; the password lies as bcrypt of cost 12", async () => {
    await signUp(services, browser, ada);
    const user = await services.owner.selectFrom("users").selectAll().executeTakeFirstOrThrow();
    expect(user).toMatchObject({ email: ada.email, emailVerifiedAt: null, isSuperAdmin: false });
    expect(user.passwordHash).toMatch(/^\$2[aby]\$12\$/);
    const member = await services.owner.selectFrom("memberships").selectAll().executeTakeFirstOrThrow();
    expect(member).toMatchObject({ userId: user.id, role: "owner" });
    expect(services.mailer.sent.map((mail) => mail.to)).toEqual([ada.email]);
    expect(lastToken()).toHaveLength(64);
    const tokens = JSON.stringify(await services.owner.selectFrom("userTokens").selectAll().execute());
    expect(tokens).not.toContain(lastToken());
  });

  it("answers and works the same for a known address, changes nothing, and tells its owner by mail", async () => {
    await signedUpAndVerified();
    const before = await services.owner.selectFrom("users").selectAll().executeTakeFirstOrThrow();
    vi.mocked(hash).mockClear();
    await signUp(services, browser, { ...ada, email: "new@example.test" });
    const workForNew = bcryptWork();
    vi.mocked(hash).mockClear();
    await signUp(services, browser, { ...ada, displayName: "Mallory", password: "another password" });
    expect(bcryptWork()).toBe(workForNew);
    expect(services.mailer.sent.at(-1)).toMatchObject({ to: ada.email, subject: expect.stringContaining("already") });
    const after = await services.owner.selectFrom("users").selectAll().where("id", "=", before.id).executeTakeFirstOrThrow();
    expect(after).toEqual(before);
  });

  it("ten times at once for one address makes one person with one workspace", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, place) => signUp(services, { ...browser, ipAddress: `10.0.0.${place}` }, ada)),
    );
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(5);
    expect(await services.owner.selectFrom("users").select("id").execute()).toHaveLength(1);
    expect(await services.owner.selectFrom("workspaces").select("id").execute()).toHaveLength(1);
  });

  it("again before confirming replaces the password, and the older link dies", async () => {
    await signUp(services, browser, { ...ada, password: "a stranger's password" });
    const stale = lastToken();
    await signUp(services, browser, ada);
    await expect(verifyEmail(services, browser, { token: stale })).rejects.toMatchObject({ details: { reason: "link_dead" } });
    await verifyEmail(services, browser, { token: lastToken() });
    await expect(signIn(services, browser, { email: ada.email, password: "a stranger's password" })).rejects.toThrow();
    await expect(signIn(services, browser, ada)).resolves.toBeDefined();
  });
});

describe("the verification link", () => {
  it("signs in exactly one of ten racing uses", async () => {
    await signUp(services, browser, ada);
    const token = lastToken();
    expect(await tenAtOnce(() => verifyEmail(services, browser, { token }))).toBe(1);
    expect(await services.owner.selectFrom("userSessions").select("userId").execute()).toHaveLength(1);
  });

  it("works until 24 hours have passed", async () => {
    await signUp(services, browser, ada);
    services.clock.advance(24 * hour);
    await expect(verifyEmail(services, browser, { token: lastToken() })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    await resendVerification(services, browser, ada);
    services.clock.advance(24 * hour - 1_000);
    await expect(verifyEmail(services, browser, { token: lastToken() })).resolves.toBeDefined();
  });

  it("opens nothing else: neither a reset nor a sign-in by link", async () => {
    await signUp(services, browser, ada);
    const input = { token: lastToken(), password: "a brand new password" };
    await expect(resetPassword(services, browser, input)).rejects.toMatchObject({ details: { reason: "link_dead" } });
  });

  it("is sent again only to who waits for it, with the same answer for everybody", async () => {
    await signedUpAndVerified();
    services.mailer.sent.length = 0;
    await resendVerification(services, browser, ada);
    await resendVerification(services, browser, { email: "nobody@example.test" });
    expect(services.mailer.sent).toEqual([]);
  });
});

describe("signing in", () => {
  it("gives the same answer and does the same work for a wrong password, an unknown address and an account without a password", async () => {
    await signedUpAndVerified();
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
    expect(seen[0]?.outcome).toContain("wrong_credentials");
  });

  it("tells of an unconfirmed or disabled account only after the right password", async () => {
    await signUp(services, browser, ada);
    const wrong = { ...ada, password: "wrong" };
    await expect(signIn(services, browser, wrong)).rejects.toMatchObject({ details: { reason: "wrong_credentials" } });
    await expect(signIn(services, browser, ada)).rejects.toMatchObject({ details: { reason: "email_not_verified" } });
    await verifyEmail(services, browser, { token: lastToken() });
    await services.owner.updateTable("users").set({ disabledAt: start }).execute();
    await expect(signIn(services, browser, wrong)).rejects.toMatchObject({ details: { reason: "wrong_credentials" } });
    await expect(signIn(services, browser, ada)).rejects.toMatchObject({ details: { reason: "account_disabled" } });
  });

  it("always begins a fresh session and ends the one that the browser presented", async () => {
    const planted = (await signedUpAndVerified()).setCookie;
    const user = await prove(planted);
    const { setCookie } = await signIn(services, { ...browser, sessionIdHash: user?.sessionIdHash ?? null }, ada);
    expect(cookieOf(setCookie)).not.toBe(cookieOf(planted));
    expect(await prove(planted)).toBeNull();
    expect(await prove(setCookie)).toMatchObject({ email: ada.email });
  });

  it("is slowed after ten tries from one address, also with the right password; other addresses are not locked out", async () => {
    await signedUpAndVerified();
    for (let place = 0; place < 10; place += 1)
      await signIn(services, browser, { ...ada, password: "wrong" }).catch(() => undefined);
    await expect(signIn(services, browser, ada)).rejects.toMatchObject({ code: "RATE_LIMITED" });
    await expect(signIn(services, { ...browser, ipAddress: "10.9.9.9" }, ada)).resolves.toBeDefined();
  });

  it("leaves a line in the audit log, refused or not, without the address that was typed", async () => {
    await signedUpAndVerified();
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

describe("a password", () => {
  it("changed by who knows it ends every session and begins a fresh one", async () => {
    const first = (await signedUpAndVerified()).setCookie;
    const second = (await signIn(services, browser, ada)).setCookie;
    const user = await prove(first);
    if (!user) throw new Error("not signed in");
    const change = { currentPassword: ada.password, newPassword: "a brand new password", visitor: browser };
    await expect(changePassword(services, user, { ...change, currentPassword: "wrong" })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
    const { setCookie } = await changePassword(services, user, change);
    expect([await prove(first), await prove(second)]).toEqual([null, null]);
    expect(await prove(setCookie)).not.toBeNull();
    await expect(signIn(services, browser, ada)).rejects.toMatchObject({ details: { reason: "wrong_credentials" } });
  });

  it("reset by letter: one of ten racing uses, within the hour, every session ends, the address counts as confirmed", async () => {
    await signUp(services, browser, ada);
    await requestPasswordReset(services, browser, ada);
    const input = { token: lastToken(), password: "a brand new password" };
    const { setCookie: old } = await verifyEmail(services, browser, { token: tokenIn(services.mailer.sent[0]?.text) });
    expect(await tenAtOnce(() => resetPassword(services, browser, input))).toBe(1);
    expect(await prove(old)).toBeNull();
    await expect(signIn(services, browser, { email: ada.email, password: input.password })).resolves.toBeDefined();
    await requestPasswordReset(services, browser, ada);
    services.clock.advance(hour);
    await expect(resetPassword(services, browser, { ...input, token: lastToken() })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
  });

  it("reset for an unknown address answers the same and sends nothing; a dead link costs no bcrypt", async () => {
    await requestPasswordReset(services, browser, { email: "nobody@example.test" });
    expect(services.mailer.sent).toEqual([]);
    await expect(resetPassword(services, browser, { token: "0".repeat(64), password: "a brand new password" })).rejects.toThrow();
    expect(bcryptWork()).toBe(0);
  });
});

describe("sessions", () => {
  it("are listed with device and last use, and revoked one by one, by their owner only", async () => {
    const first = (await signedUpAndVerified()).setCookie;
    const second = (await signIn(services, { ...browser, userAgent: "Mozilla/5.0 (iPhone) Safari/605" }, ada)).setCookie;
    const user = await prove(second);
    if (!user) throw new Error("not signed in");
    const items = await listSessions(services, user);
    expect(items.map((item) => [item.device, item.isCurrent])).toEqual(
      expect.arrayContaining([
        ["Safari on iPhone", true],
        ["Chrome on Windows", false],
      ]),
    );
    const other = items.find((item) => !item.isCurrent)?.sessionId ?? "";
    const stranger = principalOf({ id: "usr_stranger", email: "s@example.test", displayName: "S" });
    await expect(revokeSession(services, stranger, { sessionId: other, visitor: browser })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await revokeSession(services, user, { sessionId: other, visitor: browser });
    expect([await prove(first), (await prove(second)) !== null]).toEqual([null, true]);
  });

  it("end one by signing out, all by revoking all", async () => {
    const first = (await signedUpAndVerified()).setCookie;
    const second = (await signIn(services, browser, ada)).setCookie;
    const third = (await signIn(services, browser, ada)).setCookie;
    const [one, two] = [await prove(first), await prove(second)];
    if (!one || !two) throw new Error("not signed in");
    expect((await signOut(services, one, browser)).setCookie).toMatch(/^whs_session=; .*Max-Age=0/);
    expect([await prove(first), (await prove(second)) !== null]).toEqual([null, true]);
    await revokeAllSessions(services, two, browser);
    expect([await prove(second), await prove(third)]).toEqual([null, null]);
  });
});
