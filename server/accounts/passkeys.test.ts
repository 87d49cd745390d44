// Passkeys: what is taken in, what signs in, and every kind of answer that is refused.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { UserPrincipal } from "~/server/auth/principal";
import { openSessions } from "~/server/auth/sessions";
import { createTestUser, principalOf } from "~/server/testing/factories";
import { createSoftPasskey, type Lies, type SoftPasskey } from "~/server/testing/soft-passkey";
import { cookieOf, passedOfTen, personBehind, browser as visitor } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { beginPasskey } from "./begin-passkey";
import { beginPasskeyProof } from "./begin-passkey-proof";
import { beginPasskeySignIn } from "./begin-passkey-sign-in";
import { listPasskeys } from "./list-passkeys";
import { passkeySite } from "./passkey-site";
import { proveByPasskey } from "./prove-by-passkey";
import { registerPasskey } from "./register-passkey";
import { removePasskey } from "./remove-passkey";
import { signInByPasskey } from "./sign-in-by-passkey";

let services: TestServices;
let start: Date;
let user: UserPrincipal;
let passkey: SoftPasskey;
beforeAll(async () => {
  start = new Date();
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  services.clock.set(start);
  user = principalOf(await createTestUser(services));
  passkey = passkeyOf(user);
});

const site = () => passkeySite(services.config);
const passkeyOf = (owner: UserPrincipal) => createSoftPasskey({ ...site(), userHandle: owner.userId });
const browserIn = (setCookie: string) => cookieOf(setCookie).split("=")[1] ?? "";
const refused = { code: "INVALID_REQUEST", details: { reason: "passkey_refused" } };
const spent = { details: { reason: "challenge_dead" } };

async function register(owner: UserPrincipal, key: SoftPasskey, lies: Lies = {}) {
  const { options, setCookie } = await beginPasskey(services, owner, visitor);
  const answer = key.register(options.challenge, lies);
  return registerPasskey(services, owner, { name: "Work laptop", answer, browser: browserIn(setCookie), visitor });
}

async function signIn(key: SoftPasskey, lies: Lies = {}) {
  const { options, setCookie } = await beginPasskeySignIn(services, visitor);
  return signInByPasskey(services, visitor, { answer: key.answer(options.challenge, lies), browser: browserIn(setCookie) });
}

describe("making a passkey", () => {
  it("keeps its public half under its name, and tells its person", async () => {
    const item = await register(user, passkey);
    expect(item).toMatchObject({ name: "Work laptop", isBackedUp: true, lastUsedAt: null });
    expect(await listPasskeys(services, user)).toEqual([item]);
    expect(services.mailer.sent.at(-1)).toMatchObject({ to: user.email, subject: "A passkey was added" });
  });

  it.each<[string, Lies]>([
    ["of another site's page", { origin: "https://evil.example" }],
    ["of another site", { rpID: "evil.example" }],
    ["that did not ask its person", { isUnverified: true }],
  ])("is refused with an answer %s", async (_name, lies) => {
    await expect(register(user, passkey, lies)).rejects.toMatchObject(refused);
    expect(await listPasskeys(services, user)).toEqual([]);
  });

  it("takes a challenge once, soon, from the browser and the person who asked", async () => {
    const { options, setCookie } = await beginPasskey(services, user, visitor);
    const input = { name: "n", answer: passkey.register(options.challenge), browser: browserIn(setCookie), visitor };
    const stranger = principalOf(await createTestUser(services));
    await expect(registerPasskey(services, user, { ...input, browser: null })).rejects.toMatchObject(spent);
    await expect(registerPasskey(services, user, { ...input, browser: "0".repeat(64) })).rejects.toMatchObject(spent);
    await expect(registerPasskey(services, stranger, input)).rejects.toMatchObject(spent);
    expect(await passedOfTen(() => registerPasskey(services, user, input))).toBe(1);
    const late = await beginPasskey(services, user, visitor);
    services.clock.advance(5 * 60_000);
    await expect(registerPasskey(services, user, { ...input, browser: browserIn(late.setCookie) })).rejects.toMatchObject(spent);
  });

  it("for another challenge than the one that was asked is refused", async () => {
    const { setCookie } = await beginPasskey(services, user, visitor);
    const answer = passkey.register("c29tZXRoaW5nIGVsc2U");
    const input = { name: "n", answer, browser: browserIn(setCookie), visitor };
    await expect(registerPasskey(services, user, input)).rejects.toMatchObject(refused);
  });

  it("that somebody has already is refused", async () => {
    await register(user, passkey);
    const stranger = principalOf(await createTestUser(services));
    await expect(register(stranger, passkey)).rejects.toMatchObject({ code: "CONFLICT" });
  });
});

describe("signing in by passkey", () => {
  it("begins a fresh session of its person, past any second factor, and notes the use", async () => {
    await register(user, passkey);
    const { setCookie } = await signIn(passkey);
    expect(await personBehind(services, setCookie)).toMatchObject({ userId: user.userId });
    const [item] = await listPasskeys(services, user);
    expect(item?.lastUsedAt).toEqual(start);
    const session = await services.owner.selectFrom("userSessions").select("method").executeTakeFirst();
    expect(session).toEqual({ method: "passkey" });
  });

  it.each<[string, Lies]>([
    ["given on another site's page", { origin: "https://evil.example" }],
    ["for another site", { rpID: "evil.example" }],
    ["without asking its person", { isUnverified: true }],
    ["of a copy, whose counter went back", { counter: 1 }],
    ["that names somebody else as its owner", { userHandle: "usr_somebody" }],
  ])("is refused with an answer %s", async (_name, lies) => {
    await register(user, passkey);
    await signIn(passkey);
    await expect(signIn(passkey, lies)).rejects.toMatchObject(refused);
    await expect(signIn(passkey)).resolves.toBeDefined();
  });

  it("answers the same for a passkey that nobody registered", async () => {
    await expect(signIn(passkeyOf(user))).rejects.toMatchObject(refused);
    const row = services.owner.selectFrom("auditEntries").selectAll().where("action", "=", "session.refuse");
    expect(await row.executeTakeFirst()).toMatchObject({ targetId: null, metadata: { reason: "passkey_refused" } });
  });

  it("takes one of ten racing answers, and none of them again", async () => {
    await register(user, passkey);
    const { options, setCookie } = await beginPasskeySignIn(services, visitor);
    const input = { answer: passkey.answer(options.challenge), browser: browserIn(setCookie) };
    expect(await passedOfTen(() => signInByPasskey(services, visitor, input))).toBe(1);
    const other = await beginPasskeySignIn(services, visitor);
    const replayed = { ...input, browser: browserIn(other.setCookie) };
    await expect(signInByPasskey(services, visitor, replayed)).rejects.toMatchObject(refused);
  });

  it("takes no answer to a challenge that was made for something else", async () => {
    await register(user, passkey);
    const { options, setCookie } = await beginPasskeyProof(services, user, visitor);
    const input = { answer: passkey.answer(options.challenge), browser: browserIn(setCookie) };
    await expect(signInByPasskey(services, visitor, input)).rejects.toMatchObject(spent);
  });

  it("is refused for a disabled person", async () => {
    await register(user, passkey);
    await services.owner.updateTable("users").set({ disabledAt: start }).execute();
    await expect(signIn(passkey)).rejects.toMatchObject({ details: { reason: "account_disabled" } });
  });
});

describe("a fresh proof by passkey", () => {
  it("wants one of the person's own", async () => {
    const stranger = principalOf(await createTestUser(services));
    const theirs = passkeyOf(stranger);
    await register(user, passkey);
    await register(stranger, theirs);
    const cookie = await openSessions(services).create(user.userId, visitor);
    const me = await personBehind(services, cookie);
    if (!me) throw new Error("nobody is signed in");
    services.clock.advance(60_000);
    const prove = async (key: SoftPasskey) => {
      const { options, setCookie } = await beginPasskeyProof(services, me, visitor);
      const answer = key.answer(options.challenge);
      await proveByPasskey(services, me, { answer, browser: browserIn(setCookie), visitor });
    };
    await expect(prove(theirs)).rejects.toMatchObject(refused);
    expect((await personBehind(services, cookie))?.provenAt).toEqual(start);
    await prove(passkey);
    expect((await personBehind(services, cookie))?.provenAt).toEqual(services.clock.now());
  });
});

describe("removing a passkey", () => {
  it("answers somebody else's as a missing one, and keeps the last way in", async () => {
    const { passkeyId } = await register(user, passkey);
    const stranger = principalOf(await createTestUser(services));
    const remove = (owner: UserPrincipal) => removePasskey(services, owner, { passkeyId, visitor });
    await expect(remove(stranger)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(remove(user)).rejects.toMatchObject({ details: { reason: "last_way_in" } });
    await register(user, passkeyOf(user));
    await remove(user);
    await expect(signIn(passkey)).rejects.toMatchObject(refused);
    expect(services.mailer.sent.at(-1)).toMatchObject({ subject: "A passkey was removed" });
  });

  it("of two at once leaves one", async () => {
    const ids = [(await register(user, passkey)).passkeyId, (await register(user, passkeyOf(user))).passkeyId];
    const outcomes = await Promise.allSettled(ids.map((passkeyId) => removePasskey(services, user, { passkeyId, visitor })));
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    expect(await listPasskeys(services, user)).toHaveLength(1);
  });
});
