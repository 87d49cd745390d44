// A change of address: both mailboxes agree or nothing happens, and nobody learns whose address is whose.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { UserPrincipal } from "~/server/auth/principal";
import { createTestUser } from "~/server/testing/factories";
import { ada, askForReset, browser, passedOfTen, personBehind, signUpAda, tokenFromLetter } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { cancelEmailChange } from "./cancel-email-change";
import { confirmEmailChange } from "./confirm-email-change";
import { findEmailChange } from "./find-email-change";
import { requestEmailChange } from "./request-email-change";
import { resetPassword } from "./reset-password";
import { signIn } from "./sign-in";

// The real bcrypt at a low cost, so that the tests are quick.
vi.mock("@node-rs/bcrypt", async (original) => {
  const real = await original<typeof import("@node-rs/bcrypt")>();
  return { ...real, hash: (password: string) => real.hash(password, 4) };
});

const newEmail = "countess@example.test";
const day = 86_400_000;
let services: TestServices;
let start: Date;
let user: UserPrincipal;
let cookie: string;
beforeAll(async () => {
  start = new Date();
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  services.clock.set(start);
  cookie = await signUpAda(services);
  const person = await personBehind(services, cookie);
  if (!person) throw new Error("nobody is signed in");
  user = person;
});

/** Answers the tokens of the letters to the old and to the new address. */
async function request(email = newEmail): Promise<[string, string]> {
  await requestEmailChange(services, user, { email, visitor: browser });
  return [tokenFromLetter(services, -2), tokenFromLetter(services, -1)];
}
const confirm = (token: string) => confirmEmailChange(services, browser, { token });
const emailNow = async () => (await personBehind(services, cookie))?.email;
const dead = { details: { reason: "link_dead" } };

describe("a change of address", () => {
  it.each([
    ["the old one first", 0, 1],
    ["the new one first", 1, 0],
  ])("happens when both mailboxes have agreed: %s", async (_name, first, second) => {
    const tokens = await request();
    const lastLetters = services.mailer.sent.slice(-2).map((mail) => mail.to);
    expect(lastLetters).toEqual([ada.email, newEmail]);
    expect(await confirm(tokens[first] ?? "")).toBe("waiting");
    expect(await emailNow()).toBe(ada.email);
    expect(await confirm(tokens[second] ?? "")).toBe("changed");
    expect(await emailNow()).toBe(newEmail);
    expect(services.mailer.sent.slice(-2).map((mail) => [mail.to, mail.subject])).toEqual([
      [ada.email, "The address of your account was changed"],
      [newEmail, "The address of your account was changed"],
    ]);
  });

  it("ends every session but the one that asked, and every link that went to the old mailbox", async () => {
    const other = (await signIn(services, browser, ada)).setCookie;
    const tokens = await request();
    await askForReset(services, ada.email);
    const reset = { token: tokenFromLetter(services), password: "a brand new password" };
    for (const token of tokens) await confirm(token);
    expect([await personBehind(services, other), (await personBehind(services, cookie))?.email]).toEqual([null, newEmail]);
    await expect(resetPassword(services, browser, reset)).rejects.toMatchObject(dead);
    await expect(signIn(services, browser, ada)).rejects.toThrow();
    await expect(signIn(services, browser, { ...ada, email: newEmail })).resolves.toBeDefined();
    const row = services.owner.selectFrom("auditEntries").selectAll().where("action", "=", "user.change_email");
    expect(await row.executeTakeFirst()).toMatchObject({ metadata: { sessionsEnded: 1 } });
  });

  it("counts each link once; of ten racing uses one is the first and one the last", async () => {
    const [old, fresh] = await request();
    expect(await passedOfTen(() => confirm(old))).toBe(1);
    await expect(confirm(old)).rejects.toMatchObject(dead);
    expect(await emailNow()).toBe(ada.email);
    expect(await passedOfTen(() => confirm(fresh))).toBe(1);
    expect(await emailNow()).toBe(newEmail);
  });

  it("of which both links race changes the address once", async () => {
    const tokens = await request();
    let next = 0;
    expect(await passedOfTen(() => confirm(tokens[next++ % 2] ?? ""))).toBe(2);
    expect(await emailNow()).toBe(newEmail);
  });

  it("is over after a day, when it was called off, and when a newer one replaced it", async () => {
    const [replaced] = await request("first@example.test");
    const [called] = await request();
    await expect(confirm(replaced)).rejects.toMatchObject(dead);
    await cancelEmailChange(services, user, browser);
    await expect(confirm(called)).rejects.toMatchObject(dead);
    expect(await findEmailChange(services, user)).toBeNull();
    const [late] = await request();
    services.clock.advance(day);
    await expect(confirm(late)).rejects.toMatchObject(dead);
    await expect(confirm("nonsense")).rejects.toMatchObject(dead);
  });
});

describe("an address that has an account", () => {
  it("is told to its owner only: the answer, the rows and the letters look alike", async () => {
    const owner = await createTestUser(services, { email: newEmail });
    await request();
    expect(await findEmailChange(services, user)).toMatchObject({ newEmail, hasOldAgreed: false, hasNewAgreed: false });
    const [toOld, toNew] = services.mailer.sent.slice(-2);
    expect([toOld?.to, toNew?.to]).toEqual([ada.email, owner.email]);
    expect(toNew?.text).not.toContain(ada.email);
    expect(toNew?.text).not.toContain("token=");
  });

  it("by the time of the second click keeps it, and the page does not say why", async () => {
    const [old, fresh] = await request();
    await confirm(fresh);
    const owner = await createTestUser(services, { email: newEmail });
    expect(await confirm(old)).toBe("refused");
    expect(await emailNow()).toBe(ada.email);
    expect(services.mailer.sent.at(-1)).toMatchObject({ to: owner.email });
    await expect(confirm(old)).rejects.toMatchObject(dead);
  });

  it("that is one's own already is refused at the field", async () => {
    await expect(request(ada.email)).rejects.toMatchObject({ details: { issues: [{ path: "email" }] } });
  });
});
