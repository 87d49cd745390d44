// The second factor: what it guards, what passes it once, and what never gets around it.
import { TOTP } from "otpauth";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { UserPrincipal } from "~/server/auth/principal";
import {
  ada,
  askForReset,
  browser,
  cookieOf,
  passedOfTen,
  personBehind,
  signUpAda,
  tokenFromLetter,
} from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { beginSecondFactor } from "./begin-second-factor";
import { changePassword } from "./change-password";
import { findPendingSignIn } from "./find-pending-sign-in";
import { finishSignIn } from "./finish-sign-in";
import { readSecondFactor } from "./read-second-factor";
import { renewRecoveryCodes } from "./renew-recovery-codes";
import { resetPassword } from "./reset-password";
import { signIn } from "./sign-in";
import { turnOffSecondFactor } from "./turn-off-second-factor";
import { turnOnSecondFactor } from "./turn-on-second-factor";

// The real bcrypt at a low cost, so that the tests are quick.
vi.mock("@node-rs/bcrypt", async (original) => {
  const real = await original<typeof import("@node-rs/bcrypt")>();
  return { ...real, hash: (password: string) => real.hash(password, 4) };
});

const minute = 60_000;

let services: TestServices;
let start: Date;
let user: UserPrincipal;
beforeAll(async () => {
  start = new Date(Math.floor(Date.now() / 30_000) * 30_000);
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  services.clock.set(start);
  const person = await personBehind(services, await signUpAda(services));
  if (!person) throw new Error("nobody is signed in");
  user = person;
});

const codeOf = (key: string, at = services.clock.now()) =>
  new TOTP({ secret: key.replaceAll(" ", "") }).generate({ timestamp: at.getTime() });
const nameIn = (setCookie: string) => cookieOf(setCookie).split("=")[1] ?? "";
const finish = (pendingSignIn: string | null, code: string, caller = browser) =>
  finishSignIn(services, caller, { pendingSignIn, code });

/** Turned on one step ago, so that a code of now is fresh. */
async function turnOn(): Promise<{ key: string; recoveryCodes: string[] }> {
  const { key } = await beginSecondFactor(services, user);
  const { recoveryCodes } = await turnOnSecondFactor(services, user, { code: codeOf(key), visitor: browser });
  services.clock.advance(30_000);
  return { key, recoveryCodes };
}

/** The name of Ada's sign-in that waits after the right password. */
async function awaitCode(): Promise<string> {
  const entered = await signIn(services, browser, ada);
  expect(entered.kind).toBe("second_factor");
  return nameIn(entered.setCookie);
}

describe("turning it on", () => {
  it("wants a code of the app; until then the password alone signs in", async () => {
    const { key, uri, qr } = await beginSecondFactor(services, user);
    expect(uri).toContain(`secret=${key.replaceAll(" ", "")}`);
    expect(qr.path).toMatch(/^(M\d+ \d+h\d+v1h-\d+z)+$/);
    await expect(turnOnSecondFactor(services, user, { code: "000000", visitor: browser })).rejects.toMatchObject({
      details: { reason: "wrong_code" },
    });
    expect((await signIn(services, browser, ada)).kind).toBe("signed_in");
    expect(await readSecondFactor(services, user)).toMatchObject({ isOn: false });
  });

  it("gives ten codes, tells the person by letter, and keeps neither secret nor code in the clear", async () => {
    const { key, recoveryCodes } = await turnOn();
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(services.mailer.sent.at(-1)).toMatchObject({ to: ada.email, subject: "Two-factor sign-in is on" });
    const rows = JSON.stringify([
      await services.owner.selectFrom("userTotps").selectAll().execute(),
      await services.owner.selectFrom("userRecoveryCodes").selectAll().execute(),
    ]);
    const secret = await services.owner.selectFrom("userTotps").select("sealedSecret").executeTakeFirstOrThrow();
    expect(secret.sealedSecret.includes(key.replaceAll(" ", ""))).toBe(false);
    for (const code of recoveryCodes) expect(rows).not.toContain(code.replaceAll("-", ""));
    await expect(beginSecondFactor(services, user)).rejects.toMatchObject({ details: { reason: "second_factor_on" } });
  });

  it("by one of ten racing codes", async () => {
    const { key } = await beginSecondFactor(services, user);
    const act = { code: codeOf(key), visitor: browser };
    expect(await passedOfTen(() => turnOnSecondFactor(services, user, act))).toBe(1);
    expect(await services.owner.selectFrom("userRecoveryCodes").select("codeHash").execute()).toHaveLength(10);
  });
});

describe("signing in", () => {
  it("leads to no session before the code, and by the code to one that the browser did not choose", async () => {
    const { key } = await turnOn();
    const entered = await signIn(services, browser, ada);
    expect(entered.setCookie).toMatch(/^whs_second_factor=[0-9a-f]{64}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(await personBehind(services, entered.setCookie)).toBeNull();
    const name = nameIn(entered.setCookie);
    expect(await findPendingSignIn(services, name)).not.toBeNull();
    const { setCookie } = await finish(name, codeOf(key));
    expect(await personBehind(services, setCookie)).toMatchObject({ email: ada.email });
    expect(setCookie).not.toContain(name);
    expect(await findPendingSignIn(services, name)).toBeNull();
  });

  it("takes a code one step early or late, never two, and each step once", async () => {
    const { key } = await turnOn();
    const now = services.clock.now().getTime();
    for (const off of [-60_000, 60_000]) {
      await expect(finish(await awaitCode(), codeOf(key, new Date(now + off)))).rejects.toMatchObject({
        details: { reason: "wrong_code" },
      });
    }
    await finish(await awaitCode(), codeOf(key, new Date(now + 30_000)));
    // The step before the last accepted one is spent with it.
    await expect(finish(await awaitCode(), codeOf(key))).rejects.toMatchObject({ details: { reason: "wrong_code" } });
    services.clock.advance(60_000);
    await expect(finish(await awaitCode(), codeOf(key))).resolves.toBeDefined();
  });

  it("with one code in ten racing sign-ins lets one in; with one waiting sign-in too", async () => {
    const { key, recoveryCodes } = await turnOn();
    const names = await Promise.all(Array.from({ length: 9 }, awaitCode));
    const code = codeOf(key);
    let next = 0;
    expect(await passedOfTen(() => finish(names[next++ % 9] ?? "", code))).toBe(1);
    const one = await awaitCode();
    expect(await passedOfTen(() => finish(one, recoveryCodes[next++ % 10] ?? ""))).toBe(1);
    expect(await readSecondFactor(services, user)).toMatchObject({ recoveryCodesLeft: 9 });
  });

  it("with a recovery code works once, however it is written, and its person is told", async () => {
    const { recoveryCodes } = await turnOn();
    const sloppy = ` ${recoveryCodes[0]?.toLowerCase().replaceAll("-", " ").replaceAll("0", "o")} `;
    await expect(finish(await awaitCode(), sloppy)).resolves.toBeDefined();
    expect(services.mailer.sent.at(-1)?.text).toContain("9 are left");
    await expect(finish(await awaitCode(), recoveryCodes[0] ?? "")).rejects.toMatchObject({ details: { reason: "wrong_code" } });
    const fresh = await renewRecoveryCodes(services, user, browser);
    await expect(finish(await awaitCode(), recoveryCodes[1] ?? "")).rejects.toThrow();
    await expect(finish(await awaitCode(), fresh.recoveryCodes[1] ?? "")).resolves.toBeDefined();
  });

  it("waits ten minutes and five tries; a name that waits for nothing is never taken over", async () => {
    const { key } = await turnOn();
    const tooLate = await awaitCode();
    services.clock.advance(10 * minute);
    for (const name of [tooLate, null, "", "0".repeat(64)]) {
      await expect(finish(name, codeOf(key))).rejects.toMatchObject({ details: { reason: "sign_in_not_waiting" } });
    }
    const guessed = await awaitCode();
    for (let tries = 0; tries < 5; tries += 1) await finish(guessed, "000000").catch(() => undefined);
    await expect(finish(guessed, codeOf(key))).rejects.toMatchObject({ details: { reason: "sign_in_not_waiting" } });
  });

  it("is slowed after twenty codes an hour for one person, wherever they come from, and not for ever", async () => {
    const { key } = await turnOn();
    const outcomes: string[] = [];
    for (let tries = 0; tries < 22; tries += 1) {
      const caller = { ...browser, ipAddress: `10.2.0.${tries}` };
      const name = nameIn((await signIn(services, caller, ada)).setCookie);
      outcomes.push(
        await finish(name, "000000", caller).then(
          () => "in",
          (error) => error.code,
        ),
      );
    }
    expect(outcomes.filter((outcome) => outcome === "INVALID_REQUEST")).toHaveLength(19);
    expect(outcomes.at(-1)).toBe("RATE_LIMITED");
    await services.redis.flushdb();
    await expect(finish(await awaitCode(), codeOf(key))).resolves.toBeDefined();
  });

  it("is written down: who waits, who was refused, and by what they came in", async () => {
    const { key } = await turnOn();
    const name = await awaitCode();
    await finish(name, "000000").catch(() => undefined);
    await finish(name, codeOf(key));
    const rows = await services.owner
      .selectFrom("auditEntries")
      .select(["action", "metadata"])
      .where("workspaceId", "=", "platform")
      .orderBy("seq", "desc")
      .limit(3)
      .execute();
    expect(rows).toMatchObject([
      { action: "session.create", metadata: { method: "password", secondFactor: "totp" } },
      { action: "session.refuse", metadata: { reason: "wrong_second_factor" } },
      { action: "session.await_second_factor", metadata: { method: "password" } },
    ]);
  });
});

describe("nothing gets around it", () => {
  it("a reset letter changes the password and still waits for the code", async () => {
    const { key } = await turnOn();
    await askForReset(services, ada.email);
    const password = "a brand new password";
    const entered = await resetPassword(services, browser, { token: tokenFromLetter(services), password });
    expect(entered.kind).toBe("second_factor");
    expect(await services.owner.selectFrom("userSessions").select("idHash").execute()).toEqual([]);
    await expect(finish(nameIn(entered.setCookie), codeOf(key))).resolves.toBeDefined();
  });

  it("a sign-in that waits ends with a new password, with the factor turned off, and with its person disabled", async () => {
    const { key } = await turnOn();
    const before = await awaitCode();
    const change = { currentPassword: ada.password, newPassword: "a brand new password", visitor: browser };
    await changePassword(services, user, change);
    await expect(finish(before, codeOf(key))).rejects.toMatchObject({ details: { reason: "sign_in_not_waiting" } });
    const waiting = nameIn((await signIn(services, browser, { ...ada, password: "a brand new password" })).setCookie);
    await services.owner.updateTable("users").set({ disabledAt: start }).execute();
    await expect(finish(waiting, codeOf(key))).rejects.toMatchObject({ details: { reason: "sign_in_not_waiting" } });
    await services.owner.updateTable("users").set({ disabledAt: null }).execute();
    await turnOffSecondFactor(services, user, browser);
    await expect(finish(waiting, codeOf(key))).rejects.toMatchObject({ details: { reason: "sign_in_not_waiting" } });
    expect(services.mailer.sent.at(-1)).toMatchObject({ subject: "Two-factor sign-in is off" });
  });

  it("a code of somebody else's app is a wrong one", async () => {
    await turnOn();
    const name = await awaitCode();
    await expect(finish(name, codeOf("JBSWY3DPEHPK3PXP"))).rejects.toMatchObject({ details: { reason: "wrong_code" } });
  });
});
