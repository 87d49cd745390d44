// Every procedure, walked as a stranger: without a session, with missing ids, with another tenant's ids, with text that no row holds (MISSION A2, A3).

import { TRPCError } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKey } from "./api-keys/create-api-key";
import type { Principal } from "./auth/principal";
import { newId } from "./ids";
import { appRouter, createCaller } from "./router";
import {
  createTestAgent,
  createTestDeployment,
  createTestTenant,
  principalOf,
  scopeOf,
  type TestUser,
} from "./testing/factories";
import { createTestServices, type TestServices } from "./testing/test-services";
import { appErrorOf } from "./trpc/init";

type Ids = { agentId: string; deploymentId: string; uploadId: string; keyId: string };
type Row = { who: "anybody" | "person" | "operator" | "member"; input: (ids: Ids) => unknown; ids?: true };

const token = { token: "0".repeat(64) };
const email = { email: "nobody@example.test" };
const none = () => undefined;
const ofAgent = (ids: Ids) => ({ agentId: ids.agentId });
const ofDeployment = (ids: Ids) => ({ deploymentId: ids.deploymentId });

/** `ids` marks those that name a thing of a workspace. A procedure without a row fails the walk. */
const rows: Record<string, Row> = {
  "accounts.signUp": { who: "anybody", input: () => ({ ...email, displayName: "N", password: "long enough it is" }) },
  "accounts.verifyEmail": { who: "anybody", input: () => ({ ...token, password: "x" }) },
  "accounts.resendVerification": { who: "anybody", input: () => email },
  "accounts.signIn": { who: "anybody", input: () => ({ ...email, password: "long enough it is" }) },
  "accounts.signInByLink": { who: "anybody", input: () => token },
  "accounts.requestPasswordReset": { who: "anybody", input: () => email },
  "accounts.resetPassword": { who: "anybody", input: () => ({ ...token, password: "long enough it is" }) },
  "accounts.signOut": { who: "person", input: none },
  "accounts.me": { who: "person", input: none },
  "accounts.sessions": { who: "person", input: none },
  "accounts.revokeSession": { who: "person", input: () => ({ sessionId: "0".repeat(32) }) },
  "accounts.revokeAllSessions": { who: "person", input: none },
  "accounts.changePassword": { who: "person", input: () => ({ currentPassword: "x", newPassword: "long enough it is" }) },
  "accounts.outbox": { who: "operator", input: () => ({}) },
  "agents.list": { who: "member", input: () => ({}) },
  "agents.get": { who: "member", ids: true, input: ofAgent },
  "agents.create": { who: "member", input: () => ({ name: "made-by-a-stranger" }) },
  "agents.update": { who: "member", ids: true, input: (ids) => ({ ...ofAgent(ids), description: "changed" }) },
  "agents.delete": { who: "member", ids: true, input: ofAgent },
  "agents.enable": { who: "member", ids: true, input: ofAgent },
  "agents.disable": { who: "member", ids: true, input: ofAgent },
  "agents.clone": { who: "member", ids: true, input: (ids) => ({ ...ofAgent(ids), name: "cloned" }) },
  "apiKeys.list": { who: "member", input: () => ({}) },
  "apiKeys.create": { who: "member", input: () => ({ name: "key", preset: "read" }) },
  "apiKeys.revoke": { who: "member", ids: true, input: ({ keyId }) => ({ keyId }) },
  "audit.list": { who: "member", input: () => ({}) },
  "deployments.create": { who: "member", ids: true, input: ({ agentId, uploadId }) => ({ agentId, uploadId }) },
  "deployments.list": { who: "member", ids: true, input: ofAgent },
  "deployments.get": { who: "member", ids: true, input: ofDeployment },
  "deployments.logs": { who: "member", ids: true, input: ofDeployment },
  "deployments.activate": { who: "member", ids: true, input: ofDeployment },
  "deployments.cancel": { who: "member", ids: true, input: ofDeployment },
  "deployments.retry": { who: "member", ids: true, input: ofDeployment },
  "deployments.watch": { who: "member", ids: true, input: ofDeployment },
  "invocations.list": { who: "member", input: () => ({}) },
  "invocations.sessions": { who: "member", ids: true, input: ofAgent },
  "invocations.logs": { who: "member", ids: true, input: ofAgent },
  "secrets.list": { who: "member", ids: true, input: ofAgent },
  "secrets.set": { who: "member", ids: true, input: (ids) => ({ ...ofAgent(ids), name: "KEY", value: "stolen" }) },
  "secrets.unset": { who: "member", ids: true, input: (ids) => ({ ...ofAgent(ids), name: "KEY" }) },
  "uploads.get": { who: "member", ids: true, input: ({ uploadId }) => ({ uploadId }) },
  "uploads.examples": { who: "member", input: none },
  "uploads.fromExample": { who: "member", input: () => ({ name: "hello" }) },
  "usage.series": { who: "member", input: () => ({}) },
  "usage.metrics": { who: "member", ids: true, input: ofAgent },
  "usage.agents": { who: "member", input: none },
  "workspaces.mine": { who: "person", input: none },
  "workspaces.current": { who: "member", input: () => ({}) },
  "workspaces.rename": { who: "member", input: () => ({ name: "renamed" }) },
  "workspaces.members": { who: "member", input: () => ({}) },
};

let services: TestServices;
let stranger: TestUser;
let victim: Awaited<ReturnType<typeof createTestTenant>>;
let foreign: Ids;
const missing: Ids = {
  agentId: newId("agent"),
  deploymentId: newId("deployment"),
  uploadId: newId("upload"),
  keyId: newId("apiKey"),
};

beforeAll(async () => {
  services = await createTestServices();
  stranger = (await createTestTenant(services)).user;
  victim = await createTestTenant(services);
  const agent = await createTestAgent(services, victim.workspace);
  const deployment = await createTestDeployment(services, { ...agent, owner: victim.user });
  const managing = await scopeOf(services, victim.user, victim.workspace, "api_key.manage");
  const key = await createApiKey(services, managing, { name: "theirs", preset: "all", expiresInDays: null });
  foreign = { agentId: agent.id, deploymentId: deployment.id, uploadId: deployment.uploadId, keyId: key.keyId };
});
afterAll(() => services.dispose());

type Callable = { [name: string]: Callable } & ((input: unknown) => Promise<unknown>);

/** What calling came to: `ok`, or the code and message of the error. */
async function call(path: string, input: unknown, as: { principal: Principal | null; workspaceId?: string }): Promise<string> {
  const caller = createCaller({
    services,
    request: { traceId: newId("trace"), ipAddress: "10.1.1.1", userAgent: null, workspaceId: as.workspaceId ?? null },
    principal: async () => as.principal,
    setCookie: () => undefined,
    closing: AbortSignal.timeout(5_000),
  }) as unknown as Callable;
  const procedure = path.split(".").reduce((at, name) => at[name] as Callable, caller);
  try {
    await procedure(input);
    return "ok";
  } catch (thrown) {
    if (!(thrown instanceof TRPCError)) throw thrown;
    const error = appErrorOf(thrown);
    return `${error.code} ${error.message}`;
  }
}

describe("the walk of every procedure", () => {
  it("has a row for each", () => {
    expect(Object.keys(appRouter._def.procedures).sort()).toEqual(Object.keys(rows).sort());
  });

  for (const [path, row] of Object.entries(rows)) {
    if (row.who === "anybody") continue;
    it(`${path} wants somebody`, async () => {
      expect(await call(path, row.input(missing), { principal: null })).toMatch(/^UNAUTHENTICATED /);
    });
    it(`${path} answers a foreign workspace as a missing one`, async () => {
      if (row.who !== "member") return;
      const as = (workspaceId: string) => ({ principal: principalOf(stranger), workspaceId });
      const theirs = await call(path, row.input(foreign), as(victim.workspace.id));
      expect(theirs).toMatch(/^NOT_FOUND /);
      expect(theirs).toBe(await call(path, row.input(foreign), as(newId("workspace"))));
      expect(theirs).toBe(await call(path, row.input(foreign), as("a\u0000b")));
    });
    if (!row.ids) continue;
    it(`${path} answers a foreign id as a missing one`, async () => {
      const theirs = await call(path, row.input(foreign), { principal: principalOf(stranger) });
      expect(theirs).toMatch(/^NOT_FOUND /);
      expect(theirs).toBe(await call(path, row.input(missing), { principal: principalOf(stranger) }));
    });
    it(`${path} refuses a text that no id can be, without failing`, async () => {
      const odd = { agentId: "a\u0000b", deploymentId: "a\u0000b", uploadId: "a\u0000b", keyId: "a\u0000b" };
      expect(await call(path, row.input(odd), { principal: principalOf(stranger) })).toMatch(/^(NOT_FOUND|INVALID_REQUEST) /);
    });
  }

  const oddTexts: [string, (text: string) => unknown][] = [
    ["agents.list", (text) => ({ cursor: text })],
    ["agents.list", (text) => ({ search: text })],
    ["agents.create", (text) => ({ name: "odd", description: text })],
    ["apiKeys.list", (text) => ({ cursor: text })],
    ["apiKeys.create", (text) => ({ name: text, preset: "read" })],
    ["audit.list", (text) => ({ cursor: text })],
    ["audit.list", (text) => ({ traceId: text })],
    ["audit.list", (text) => ({ action: text })],
    ["audit.list", (text) => ({ targetId: text })],
    ["invocations.list", (text) => ({ cursor: text })],
    ["invocations.list", (text) => ({ agentId: text })],
    ["invocations.list", (text) => ({ traceId: text })],
    ["usage.series", (text) => ({ agentId: text })],
    ["workspaces.members", (text) => ({ cursor: text })],
    ["workspaces.rename", (text) => ({ name: text })],
    ["accounts.signUp", (text) => ({ ...email, displayName: text, password: "long enough it is" })],
    ["accounts.signUp", (text) => ({ ...email, displayName: "N", password: `long enough it is${text}` })],
    ["accounts.signIn", (text) => ({ ...email, password: text })],
    ["accounts.verifyEmail", (text) => ({ token: text, password: text })],
    ["accounts.outbox", (text) => ({ cursor: text })],
  ];
  for (const [path, input] of oddTexts) {
    for (const text of ["a\u0000b", "\ud800", "99999999999999999999", "-271821-04-20T00:00:00Z", "%00'\"\\"]) {
      it(`${path} never fails on ${JSON.stringify(input(text))}`, async () => {
        expect(await call(path, input(text), { principal: principalOf(stranger, { isSuperAdmin: true }) })).not.toMatch(
          /^INTERNAL /,
        );
      });
    }
  }
});
