// A fresh proof: every account can give one, a wrong one is written down, and an old one does not count.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { authenticateRequest } from "~/server/auth/authenticate-request";
import { openSessions } from "~/server/auth/sessions";
import { createCaller } from "~/server/router";
import { createTestUser } from "~/server/testing/factories";
import { ada, cookieOf, signUpAda } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { ensureOperator } from "./ensure-operator";

// The real bcrypt at a low cost, so that the tests are quick.
vi.mock("@node-rs/bcrypt", async (original) => {
  const real = await original<typeof import("@node-rs/bcrypt")>();
  return { ...real, hash: (password: string) => real.hash(password, 4) };
});

const minute = 60_000;
const visitor = { traceId: "trc_1", ipAddress: "10.0.0.1", userAgent: null };
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
});

/** A browser with a session, asked anew at every call as the doors do. */
function inside(setCookie: string) {
  const cookieHeader = cookieOf(setCookie);
  return createCaller({
    services,
    request: { ...visitor, workspaceId: null },
    principal: async () => (await authenticateRequest(services, { cookieHeader, authorizationHeader: null })).principal,
    cookieHeader,
    setCookie: () => undefined,
    closing: new AbortController().signal,
  });
}
const sessionOf = (userId: string) => openSessions(services).create(userId, visitor);
const wantsProof = { cause: { details: { reason: "step_up_required" } } };
const codeFromLetter = () => /\b\d{8}\b/.exec(services.mailer.sent.at(-1)?.text ?? "")?.[0] ?? "";

const dangerous = (api: ReturnType<typeof inside>) => [
  () => api.secondFactors.begin(),
  () => api.secondFactors.turnOff(),
  () => api.secondFactors.renewCodes(),
  () => api.passkeys.begin(),
  () => api.passkeys.remove({ passkeyId: "psk_1" }),
  () => api.emailChanges.request({ email: "new@example.test" }),
  () => api.accounts.setPassword({ newPassword: "a sentence long enough" }),
];

describe("a dangerous act", () => {
  it("asks for a proof that is 15 minutes old at most; the password gives one", async () => {
    const api = inside(await signUpAda(services));
    services.clock.advance(15 * minute);
    await expect(api.secondFactors.begin()).resolves.toBeDefined();
    services.clock.advance(1);
    for (const act of dangerous(api)) await expect(act()).rejects.toMatchObject(wantsProof);
    await api.stepUp.byPassword({ password: ada.password });
    await expect(api.secondFactors.begin()).resolves.toBeDefined();
  });

  it("is not brought nearer by a wrong password; ten tries are slowed, and each is written down", async () => {
    const api = inside(await signUpAda(services));
    services.clock.advance(16 * minute);
    for (let tries = 0; tries < 10; tries += 1) {
      await expect(api.stepUp.byPassword({ password: "wrong" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    }
    await expect(api.stepUp.byPassword({ password: ada.password })).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
    await expect(api.secondFactors.begin()).rejects.toMatchObject(wantsProof);
    const rows = services.owner.selectFrom("auditEntries").select("id").where("action", "=", "session.refuse_proof");
    expect(await rows.execute()).toHaveLength(10);
  });
});

describe("a person who has neither password nor second factor nor passkey", () => {
  it("gets a code by mail that counts once, in the session that asked, for ten minutes", async () => {
    const user = await createTestUser(services);
    const [mine, other] = [inside(await sessionOf(user.id)), inside(await sessionOf(user.id))];
    services.clock.advance(16 * minute);
    expect(await mine.stepUp.ways()).toMatchObject({ password: false, mailedCode: true, consoleLink: false });
    await mine.stepUp.sendCode();
    const code = codeFromLetter();
    await expect(other.stepUp.byMailedCode({ code })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await mine.stepUp.byMailedCode({ code: `${code.slice(0, 4)} ${code.slice(4)}` });
    await expect(mine.secondFactors.begin()).resolves.toBeDefined();
    await expect(other.secondFactors.begin()).rejects.toMatchObject(wantsProof);
    await expect(mine.stepUp.byMailedCode({ code })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    await mine.stepUp.sendCode();
    services.clock.advance(10 * minute);
    await expect(mine.stepUp.byMailedCode({ code: codeFromLetter() })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });

  it("chooses a password with it, once; every other session ends", async () => {
    const user = await createTestUser(services);
    const [mine, other] = [inside(await sessionOf(user.id)), inside(await sessionOf(user.id))];
    await mine.accounts.setPassword({ newPassword: "a sentence long enough" });
    await expect(other.accounts.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    const again = inside(await sessionOf(user.id));
    await expect(again.accounts.setPassword({ newPassword: "another sentence" })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(again.stepUp.byPassword({ password: "a sentence long enough" })).resolves.toEqual({ done: true });
  });
});

it("who has a password gets no code by mail", async () => {
  const api = inside(await signUpAda(services));
  expect(await api.stepUp.ways()).toMatchObject({ password: true, mailedCode: false });
  await expect(api.stepUp.sendCode()).rejects.toMatchObject({ code: "CONFLICT" });
});

it("the operator comes in by the console's link, chooses a password in that time, and needs the console no more", async () => {
  const operator = await ensureOperator(services, { traceId: "trc_1" });
  const api = inside(await sessionOf(operator.userId));
  expect(await api.stepUp.ways()).toMatchObject({ password: false, mailedCode: false, consoleLink: true });
  await api.accounts.setPassword({ newPassword: "a sentence long enough" });
  expect(services.mailer.sent).toEqual([]);
  const door = inside("");
  await expect(door.accounts.signIn({ email: "operator@localhost", password: "a sentence long enough" })).resolves.toEqual({
    next: "signed_in",
  });
});
