// What the operator's switches do and refuse, who reads of it, and who is an operator at all (MISSION A8, J7).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listAudit } from "~/server/audit/list-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import { openSessions } from "~/server/auth/sessions";
import { openAccessOf } from "~/server/incidents/open-access";
import { createTestTenant, createTestUser, scopeOf } from "~/server/testing/factories";
import { createLiveAgent } from "~/server/testing/live-agent";
import { browser, cookieOf } from "~/server/testing/test-browser";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import type { Act } from "./acts.contract";
import { findUsers } from "./find-users";
import { foreseeAct } from "./foresee-act";
import { getOverview } from "./get-overview";
import { getUser } from "./get-user";
import { noteSuperAdmins } from "./note-super-admins";
import { performAct } from "./perform-act";
import { recordSweep } from "./record-sweep";

let services: TestServices;
let operator: UserPrincipal;

beforeAll(async () => {
  services = await createTestServices();
  services.log.level = "silent";
});
beforeEach(async () => {
  await services.reset();
  operator = await signInOperator();
});
afterAll(() => services.dispose());

/** With a session of its own, as every operator has. */
async function signInOperator(): Promise<UserPrincipal> {
  const user = await createTestUser(services, { isSuperAdmin: true });
  const proven = await personOf(await openSessions(services).create(user.id, browser));
  if (!proven) throw new Error("The session was made a moment ago.");
  return proven;
}

const personOf = async (setCookie: string) => (await openSessions(services).prove(cookieOf(setCookie)))?.user ?? null;

function act(name: Act, targetId: string, options: { by?: UserPrincipal; confirmation?: string } = {}) {
  const { by = operator, confirmation = "" } = options;
  const visitor = { traceId: "trc_1", ipAddress: "10.0.0.9", userAgent: null };
  return performAct(services, { operator: by, visitor }, { act: name, targetId, reason: "Spam.", confirmation });
}

const signIn = (userId: string) => openSessions(services).create(userId, browser);
const auditOf = (chain: string) =>
  services.owner.selectFrom("auditEntries").selectAll().where("workspaceId", "=", chain).orderBy("seq").execute();

describe("disabling a person", () => {
  it("ends their sessions, and enabling does not bring these back", async () => {
    const { user } = await createTestTenant(services);
    const cookie = await signIn(user.id);
    expect((await act("disable_user", user.id)).sessionsEnded).toBe(1);
    expect(await personOf(cookie)).toBeNull();
    await act("enable_user", user.id);
    expect(await personOf(cookie)).toBeNull();
    expect(await personOf(await signIn(user.id))).not.toBeNull();
  });

  it("is told in each of their workspaces without the operator's name, and in the platform's log with it", async () => {
    const { user, workspace } = await createTestTenant(services);
    const other = await createTestTenant(services);
    await services.owner
      .insertInto("memberships")
      .values({ workspaceId: other.workspace.id, userId: user.id, role: "viewer" })
      .execute();
    await act("disable_user", user.id);
    for (const place of [workspace, other.workspace]) {
      const [entry] = await auditOf(place.id);
      expect(entry).toMatchObject({ action: "user.disable", actorKind: "operator", targetId: user.id, traceId: "trc_1" });
      expect(entry).toMatchObject({ actorId: null, ipAddress: null, metadata: { reason: "Spam." } });
    }
    const told = await listAudit(services, await scopeOf(services, other.user, other.workspace, "audit.read"), { limit: 5 });
    expect(JSON.stringify(told)).not.toContain(operator.userId);
    expect(JSON.stringify(told)).not.toContain(operator.email);
    expect((await auditOf("platform")).at(-1)).toMatchObject({ actorId: operator.userId, ipAddress: "10.0.0.9" });
  });

  it("is refused for oneself, and twice", async () => {
    await expect(act("disable_user", operator.userId)).rejects.toMatchObject({ code: "CONFLICT" });
    const { user } = await createTestTenant(services);
    await act("disable_user", user.id);
    await expect(act("disable_user", user.id)).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(act("disable_user", "usr_nobody")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("of two operators who disable each other at once exactly one wins", async () => {
    const second = await signInOperator();
    const outcomes = await Promise.allSettled([
      act("disable_user", second.userId),
      act("disable_user", operator.userId, { by: second }),
    ]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const left = await services.owner.selectFrom("users").select("id").where("disabledAt", "is", null).execute();
    expect(left).toHaveLength(1);
  });
});

describe("disabling a workspace", () => {
  it("wants its name, exactly", async () => {
    const { workspace } = await createTestTenant(services, { name: "Acme" });
    const wrong = act("disable_workspace", workspace.id, { confirmation: "acme" });
    await expect(wrong).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    expect(await auditOf(workspace.id)).toEqual([]);
    await act("disable_workspace", workspace.id, { confirmation: "Acme" });
    expect((await auditOf(workspace.id)).map(({ action }) => action)).toEqual(["workspace.disable"]);
  });

  it("leaves sessions and keys in place, so that enabling restores them", async () => {
    const { workspace, user, scope } = await createTestTenant(services, { name: "Acme" });
    await createLiveAgent(services, { workspace, scope }, null);
    const cookie = await signIn(user.id);
    await act("disable_workspace", workspace.id, { confirmation: "Acme" });
    await expect(scopeOf(services, user, workspace)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    await act("enable_workspace", workspace.id);
    expect((await scopeOf(services, user, workspace)).workspaceId).toBe(workspace.id);
    expect(await personOf(cookie)).not.toBeNull();
    const keys = await services.owner.selectFrom("apiKeys").select("revokedAt").execute();
    expect(keys).toEqual([{ revokedAt: null }]);
  });
});

describe("ending sessions and keys", () => {
  it("signs everybody out but the operator at this browser, and tells every workspace concerned", async () => {
    const first = await createTestTenant(services);
    const second = await createTestTenant(services);
    for (const { user } of [first, second]) await signIn(user.id);
    await expect(act("end_every_session", "everybody")).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    expect((await act("end_every_session", "everybody", { confirmation: "everybody" })).sessionsEnded).toBe(2);
    const left = await services.owner.selectFrom("userSessions").select("userId").execute();
    expect(left).toEqual([{ userId: operator.userId }]);
    for (const { workspace } of [first, second]) {
      expect((await auditOf(workspace.id)).map(({ action }) => action)).toEqual(["session.revoke_all"]);
    }
  });

  it("signs out the members of one workspace, and nobody else", async () => {
    const [first, second] = [await createTestTenant(services), await createTestTenant(services)];
    for (const { user } of [first, second]) await signIn(user.id);
    await act("end_workspace_sessions", first.workspace.id);
    const left = await services.owner
      .selectFrom("userSessions")
      .select("userId")
      .where("userId", "!=", operator.userId)
      .execute();
    expect(left).toEqual([{ userId: second.user.id }]);
  });

  it("revokes one key, a person's, or a workspace's, and says which were lost", async () => {
    const tenant = await createTestTenant(services, { name: "Acme" });
    const [kept, lost] = [await createLiveAgent(services, tenant, null), await createLiveAgent(services, tenant, null)];
    expect(kept.apiKey).not.toBe(lost.apiKey);
    const [key] = await services.owner.selectFrom("apiKeys").select("id").orderBy("id").execute();
    expect((await act("revoke_key", key?.id ?? "")).keysRevoked).toBe(1);
    await expect(act("revoke_key", key?.id ?? "")).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await act("revoke_user_keys", tenant.user.id)).keysRevoked).toBe(1);
    const gone = act("revoke_workspace_keys", tenant.workspace.id, { confirmation: "Acme" });
    await expect(gone).rejects.toMatchObject({ code: "CONFLICT" });
    const told = (await auditOf(tenant.workspace.id)).filter(({ actorKind }) => actorKind === "operator");
    expect(told.map(({ action, metadata }) => [action, metadata["name"]])).toEqual([
      ["api_key.revoke", "test"],
      ["api_key.revoke", "test"],
    ]);
  });
});

describe("foresight", () => {
  it("counts what an act would meet, over every process", async () => {
    const { workspace, user, scope } = await createTestTenant(services, { name: "Acme" });
    await createLiveAgent(services, { workspace, scope }, null);
    await signIn(user.id);
    const release = openAccessOf(services).register({ kind: "stream", userId: user.id, workspaceId: workspace.id }, () => {});
    const seen = () => foreseeAct(services, { act: "disable_workspace", targetId: workspace.id });
    await expect.poll(async () => (await seen()).openStreams).toBe(1);
    expect(await seen()).toMatchObject({ name: "Acme", liveKeys: 1, sessions: 1, people: 1, agents: 1, queued: 0, openPages: 0 });
    release();
    expect((await seen()).openStreams).toBe(0);
  });
});

describe("operators by configuration", () => {
  it("count once their address is proven, and no longer once their name is taken out", async () => {
    const named = { ...services, config: { ...services.config, superAdminEmails: ["ada@example.test"] } };
    const user = await createTestUser(services, { email: "ada@example.test", emailVerified: false });
    const cookie = cookieOf(await signIn(user.id));
    const isOperator = async (needs: TestServices) => (await openSessions(needs).prove(cookie))?.user.isSuperAdmin;
    expect(await isOperator(named)).toBe(false);
    expect(await noteSuperAdmins(named)).toBe(0);
    await services.owner.updateTable("users").set({ emailVerifiedAt: new Date() }).where("id", "=", user.id).execute();
    expect(await isOperator(named)).toBe(true);
    expect(await isOperator(services)).toBe(false);
    expect([await noteSuperAdmins(named), await noteSuperAdmins(named), await noteSuperAdmins(services)]).toEqual([1, 0, 1]);
    const noted = (await auditOf("platform")).filter(({ targetId }) => targetId === user.id).map(({ action }) => action);
    expect(noted).toEqual(["user.become_operator", "user.cease_operator"]);
  });
});

describe("the console", () => {
  it("finds people by a part of address or name, by id, and only those who are disabled", async () => {
    const { user } = await createTestTenant(services);
    const find = async (search: string, isDisabled = false) =>
      (await findUsers(services, { search, isDisabled, limit: 10 })).items.map(({ userId }) => userId);
    expect(await find(user.id)).toEqual([user.id]);
    expect(await find(user.email.slice(4, 20).toUpperCase())).toEqual([user.id]);
    expect(await find("%")).toEqual([]);
    expect(await find("", true)).toEqual([]);
    await act("disable_user", user.id);
    expect(await find("", true)).toEqual([user.id]);
  });

  it("shows no hash and no secret of a person", async () => {
    const user = await createTestUser(services, { passwordHash: "$2b$12$secret" });
    const seen = await getUser(services, user.id);
    expect(seen.signInWays).toEqual(["password"]);
    expect(JSON.stringify(seen)).not.toContain("$2b$");
    await expect(getUser(services, "usr_nobody")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("keeps how each sweep ended last", async () => {
    await recordSweep(services, "test-sweep", async () => {});
    services.clock.advance(1_000);
    const broken = recordSweep(services, "test-sweep", async () => {
      throw new Error("password=hunter2");
    });
    await expect(broken).rejects.toThrow();
    const { sweeps } = await getOverview(services);
    expect(sweeps).toMatchObject([{ name: "test-sweep", failure: "It failed on our side; the log of the worker says why." }]);
  });
});
