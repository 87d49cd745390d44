// The account procedures: who may knock, which cookies they set, and what only the operator sees.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inTransaction } from "~/db/transaction";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { authenticateRequest } from "~/server/auth/authenticate-request";
import { createCaller } from "~/server/router";
import { createTestTenant } from "~/server/testing/factories";
import { ada, cookieOf, signUpAda } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import type { Context } from "~/server/trpc/context";
import { ensureOperator } from "./ensure-operator";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

/** A caller as the doors make one, with the headers of a request. */
function callerWith(credentials: { cookie?: string; apiKey?: string } = {}, as?: Context["principal"]) {
  const cookies: string[] = [];
  const headers = {
    cookieHeader: credentials.cookie ?? null,
    authorizationHeader: credentials.apiKey ? `Bearer ${credentials.apiKey}` : null,
  };
  const api = createCaller({
    services,
    request: { traceId: "trc_1", ipAddress: "10.0.0.1", userAgent: null, workspaceId: null },
    principal: as ?? (async () => (await authenticateRequest(services, headers)).principal),
    setCookie: (cookie) => void cookies.push(cookie),
    closing: new AbortController().signal,
  });
  return { api, cookies };
}

describe("a browser", () => {
  it("gets its cookie by signing in, is told who it is, and loses it by signing out", async () => {
    await signUpAda(services);
    const door = callerWith();
    await door.api.accounts.signIn({ email: " ADA@example.test ", password: ada.password });
    const cookie = cookieOf(door.cookies[0] ?? "");
    const inside = callerWith({ cookie });
    const me = await inside.api.accounts.me();
    expect(me).toEqual({ userId: me.userId, email: ada.email, displayName: "Ada", emailVerified: true, isSuperAdmin: false });
    expect(await inside.api.workspaces.mine()).toMatchObject([{ name: "Ada's workspace", role: "owner" }]);
    await inside.api.accounts.signOut();
    expect(inside.cookies[0]).toContain("Max-Age=0");
    await expect(callerWith({ cookie }).api.accounts.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });

  it("is told at the field what is wrong with a password or an address", async () => {
    const { api } = callerWith();
    const signUp = (change: object) =>
      api.accounts.signUp({ ...ada, ...change }).catch((error) => error.cause?.details ?? error.cause);
    for (const change of [{ password: "short" }, { password: "ü".repeat(37) }, { email: "no address" }, { displayName: " " }]) {
      const refused = await signUp(change);
      expect(JSON.stringify(refused)).toContain(Object.keys(change)[0]);
    }
  });
});

describe("an API key", () => {
  it("acts for a workspace and never for a person", async () => {
    const { scope } = await createTestTenant(services);
    const { apiKey } = await createApiKey(services, scope, { name: "all", preset: "all", expiresInDays: null });
    const { api } = callerWith({ apiKey });
    const asPerson = [
      () => api.accounts.me(),
      () => api.accounts.sessions(),
      () => api.workspaces.mine(),
      () => api.accounts.outbox({}),
    ];
    for (const act of asPerson) await expect(act()).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await api.workspaces.current({})).toMatchObject({ workspaceId: scope.workspaceId });
    const makeAnother = api.apiKeys.create({ name: "x", preset: "all" });
    await expect(makeAnother).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("the outbox", () => {
  it("opens for the operator, leaves a line in the audit log, and looks missing to everybody else", async () => {
    const mail = { to: "a@example.test", subject: "S", text: "https://x.test/?token=1", html: "" };
    await inTransaction(services.across, (tx) => services.mailer.send(tx, mail));
    const operator = await ensureOperator(services, { traceId: "trc_1" });
    const page = await callerWith({}, async () => operator).api.accounts.outbox({});
    expect(page.items).toMatchObject([{ recipient: "a@example.test", subject: "S", text: "https://x.test/?token=1" }]);
    const read = await services.owner.selectFrom("auditEntries").select("actorId").where("action", "=", "outbox.read").execute();
    expect(read).toEqual([{ actorId: operator.userId }]);
    const cookie = cookieOf(await signUpAda(services));
    await expect(callerWith({ cookie }).api.accounts.outbox({})).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(callerWith().api.accounts.outbox({})).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });
});

describe("the operator", () => {
  it("is made once, however many starts come at the same moment, and has no password", async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => ensureOperator(services, { traceId: "trc_1" })));
    expect(new Set(made.map((operator) => operator.userId)).size).toBe(1);
    const users = await services.owner.selectFrom("users").selectAll().execute();
    expect(users).toMatchObject([{ isSuperAdmin: true, passwordHash: null }]);
    expect(await services.owner.selectFrom("workspaces").select("id").execute()).toHaveLength(1);
  });
});
