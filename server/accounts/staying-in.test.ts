// Staying in and getting out: passwords changed and reset, sessions listed and ended.
import { compare, hash } from "@node-rs/bcrypt";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { inTransaction } from "~/db/transaction";
import { issueUserToken } from "~/server/auth/user-token";
import { principalOf } from "~/server/testing/factories";
import {
  ada,
  askForReset,
  browser,
  passedOfTen,
  personBehind,
  signUpAda,
  signUpAs,
  tokenFromLetter,
} from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { lockUserByEmailAcrossWorkspaces } from "./accounts.queries";
import { changePassword } from "./change-password";
import { ensureOperator } from "./ensure-operator";
import { listSessions } from "./list-sessions";
import { resetPassword } from "./reset-password";
import { revokeAllSessions } from "./revoke-all-sessions";
import { revokeSession } from "./revoke-session";
import { signIn } from "./sign-in";
import { signOut } from "./sign-out";
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

/** For a lock in this file's own database. */
async function somebodyWaits(): Promise<boolean> {
  const waiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return (await waiting.execute(services.owner)).rows.length > 0;
}

it("an account without a password is told how it comes in, instead of being asked for one again", async () => {
  const operator = await ensureOperator(services, { traceId: "trc_1" });
  const change = { currentPassword: "whatever", newPassword: "a sentence long enough", visitor: browser };
  await expect(changePassword(services, operator, change)).rejects.toMatchObject({ details: { reason: "no_password" } });
});

describe("a password", () => {
  it("changed by who knows it ends every session and begins a fresh one", async () => {
    const first = await signUpAda(services);
    const second = (await signIn(services, browser, ada)).setCookie;
    const user = await personBehind(services, first);
    if (!user) throw new Error("not signed in");
    const change = { currentPassword: ada.password, newPassword: "a brand new password", visitor: browser };
    await expect(changePassword(services, user, { ...change, currentPassword: "wrong" })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
    const { setCookie } = await changePassword(services, user, change);
    expect([await personBehind(services, first), await personBehind(services, second)]).toEqual([null, null]);
    expect(await personBehind(services, setCookie)).not.toBeNull();
    await expect(signIn(services, browser, ada)).rejects.toMatchObject({ details: { reason: "wrong_credentials" } });
  });

  it("reset by letter: one of ten racing uses, within the hour, every session ends, the address counts as confirmed", async () => {
    await signUpAs(services, browser, ada);
    await askForReset(services, ada.email);
    const input = { token: tokenFromLetter(services), password: "a brand new password" };
    const { setCookie: old } = await verifyEmail(services, browser, {
      token: tokenFromLetter(services, 0),
      password: ada.password,
    });
    expect(await passedOfTen(() => resetPassword(services, browser, input))).toBe(1);
    expect(await personBehind(services, old)).toBeNull();
    await expect(signIn(services, browser, { email: ada.email, password: input.password })).resolves.toBeDefined();
    await askForReset(services, ada.email);
    services.clock.advance(hour);
    await expect(resetPassword(services, browser, { ...input, token: tokenFromLetter(services) })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
  });

  it("changed lets no reset letter that is under way replace it again", async () => {
    const user = await personBehind(services, await signUpAda(services));
    if (!user) throw new Error("not signed in");
    await askForReset(services, ada.email);
    const change = { currentPassword: ada.password, newPassword: "a brand new password", visitor: browser };
    await changePassword(services, user, change);
    const reset = { token: tokenFromLetter(services, 1), password: "a stranger's password" };
    await expect(resetPassword(services, browser, reset)).rejects.toMatchObject({ details: { reason: "link_dead" } });
    await expect(signIn(services, browser, { ...ada, password: change.newPassword })).resolves.toBeDefined();
  });

  it("reset while a newer letter is asked for: the link dies, and the two do not wait for each other in a circle", async () => {
    await signUpAda(services);
    await askForReset(services, ada.email);
    const input = { token: tokenFromLetter(services), password: "a brand new password" };
    const resetting = await inTransaction(services.across, async (tx) => {
      const user = await lockUserByEmailAcrossWorkspaces(tx, ada.email);
      const reset = resetPassword(services, browser, input).catch((error: unknown) => error);
      for (let isWaiting = false; !isWaiting; ) isWaiting = await somebodyWaits();
      await issueUserToken(tx, services.clock, { userId: user?.id ?? "", purpose: "reset_password" });
      return { reset };
    });
    expect(await resetting.reset).toMatchObject({ details: { reason: "link_dead" } });
  });

  it("replaced while it was being compared opens nothing any more, and replaces nothing", async () => {
    const first = await signUpAda(services);
    const user = await personBehind(services, first);
    if (!user) throw new Error("not signed in");
    const change = { currentPassword: ada.password, newPassword: "a stranger's password", visitor: browser };
    for (const [place, act] of [() => signIn(services, browser, ada), () => changePassword(services, user, change)].entries()) {
      const reset = `a brand new password ${place}`;
      await services.owner
        .updateTable("users")
        .set({ passwordHash: await hash(ada.password, 4) })
        .execute();
      await askForReset(services, ada.email);
      vi.mocked(compare).mockImplementationOnce(async () => {
        await resetPassword(services, browser, { token: tokenFromLetter(services), password: reset });
        return true;
      });
      await expect(act()).rejects.toMatchObject({ details: { reason: "wrong_credentials" } });
      expect(await services.owner.selectFrom("userSessions").select("method").execute()).toEqual([{ method: "reset" }]);
      await expect(signIn(services, browser, { ...ada, password: reset })).resolves.toBeDefined();
    }
  });

  it("reset for an unknown address answers the same and sends nothing; a dead link costs no bcrypt", async () => {
    await askForReset(services, "nobody@example.test");
    expect(services.mailer.sent).toEqual([]);
    await expect(resetPassword(services, browser, { token: "0".repeat(64), password: "a brand new password" })).rejects.toThrow();
    expect(bcryptWork()).toBe(0);
  });
});

describe("sessions", () => {
  it("are listed with device and last use, and revoked one by one, by their owner only", async () => {
    const first = await signUpAda(services);
    const second = (await signIn(services, { ...browser, userAgent: "Mozilla/5.0 (iPhone) Safari/605" }, ada)).setCookie;
    const user = await personBehind(services, second);
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
    expect([await personBehind(services, first), (await personBehind(services, second)) !== null]).toEqual([null, true]);
  });

  it("end one by signing out, all by revoking all", async () => {
    const first = await signUpAda(services);
    const second = (await signIn(services, browser, ada)).setCookie;
    const third = (await signIn(services, browser, ada)).setCookie;
    const [one, two] = [await personBehind(services, first), await personBehind(services, second)];
    if (!one || !two) throw new Error("not signed in");
    expect((await signOut(services, one, browser)).setCookie).toMatch(/^whs_session=; .*Max-Age=0/);
    expect([await personBehind(services, first), (await personBehind(services, second)) !== null]).toEqual([null, true]);
    await revokeAllSessions(services, two, browser);
    expect([await personBehind(services, second), await personBehind(services, third)]).toEqual([null, null]);
  });
});
