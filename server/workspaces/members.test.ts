// Members: who may change whom, what goes when somebody goes, and that a workspace always keeps an owner (MISSION A5-A7).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Role } from "~/db/tables/memberships";
import { mintWorkspaceScope } from "~/server/auth/mint-scope";
import type { Action } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";
import {
  addTestMember,
  createTestTenant,
  createTestUser,
  principalOf,
  scopeOf,
  type TestUser,
  type TestWorkspace,
} from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { describeRoles } from "./describe-roles";
import { leaveWorkspace } from "./leave-workspace";
import { listMembers } from "./list-members";
import { removeMember } from "./remove-member";
import { setMemberGrant } from "./set-member-grant";
import { setMemberRole } from "./set-member-role";
import { transferWorkspace } from "./transfer-workspace";

let services: TestServices;
let workspace: TestWorkspace;
let owner: TestUser;
let byOwner: WorkspaceScope;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  ({ workspace, user: owner } = await createTestTenant(services, { name: "Harbour" }));
  byOwner = await as(owner);
});

const as = (user: TestUser, action: Action = "workspace.read") => scopeOf(services, user, workspace, action);

async function join(role: Role): Promise<TestUser> {
  const user = await createTestUser(services);
  await addTestMember(services, workspace, user, role);
  return user;
}

async function rolesOf(...users: TestUser[]): Promise<(Role | null)[]> {
  const rows = await services.owner.selectFrom("memberships").select(["userId", "role"]).execute();
  return users.map((user) => rows.find((row) => row.userId === user.id)?.role ?? null);
}

const refused = (reason: string) => ({ code: "CONFLICT", details: { reason } });
const unauthorized = { code: "UNAUTHORIZED" };

describe("a role", () => {
  it("is changed with a line in the audit log and a letter", async () => {
    const member = await join("viewer");
    const item = await setMemberRole(services, byOwner, { userId: member.id, role: "member" });
    expect(item).toMatchObject({ role: "member", isManageable: true, isYou: false });
    const entry = await services.owner.selectFrom("auditEntries").selectAll().executeTakeFirstOrThrow();
    expect(entry).toMatchObject({ action: "member.set_role", targetId: member.id, metadata: { from: "viewer", to: "member" } });
    expect(services.mailer.sent.map((mail) => [mail.to, mail.subject])).toEqual([
      [member.email, "You are now Member of Harbour"],
    ]);
  });

  it("above one's own is neither given nor touched", async () => {
    const [admin, member] = [await join("admin"), await join("member")];
    const byAdmin = await as(admin);
    await expect(setMemberRole(services, byAdmin, { userId: member.id, role: "owner" })).rejects.toMatchObject(unauthorized);
    await expect(setMemberRole(services, byAdmin, { userId: owner.id, role: "viewer" })).rejects.toMatchObject(unauthorized);
    await expect(removeMember(services, byAdmin, { userId: owner.id })).rejects.toMatchObject(unauthorized);
    expect(await rolesOf(owner, admin, member)).toEqual(["owner", "admin", "member"]);
  });

  it("is not given by whom something of it is withheld", async () => {
    const [admin, member] = [await join("admin"), await join("member")];
    await setMemberGrant(services, byOwner, { userId: admin.id, area: "billing", setting: "withheld" });
    const byAdmin = await as(admin);
    await expect(setMemberRole(services, byAdmin, { userId: member.id, role: "admin" })).rejects.toMatchObject(unauthorized);
    expect(await setMemberRole(services, byAdmin, { userId: member.id, role: "support" })).toMatchObject({ role: "support" });
  });

  it("of one's own is changed by nobody", async () => {
    const admin = await join("admin");
    for (const [user, scope] of [
      [owner, byOwner],
      [admin, await as(admin)],
    ] as const) {
      await expect(setMemberRole(services, scope, { userId: user.id, role: "viewer" })).rejects.toMatchObject(unauthorized);
      await expect(removeMember(services, scope, { userId: user.id })).rejects.toMatchObject(unauthorized);
    }
  });

  it("of owner is given and taken with a fresh proof only", async () => {
    const member = await join("member");
    const at = { action: "member.manage", workspaceId: workspace.id, traceId: "trc_1", ipAddress: null } as const;
    const long = principalOf(owner, { provenAt: new Date(services.clock.now().getTime() - 16 * 60_000) });
    const stale = await mintWorkspaceScope(services, long, at);
    const stepUp = { details: { reason: "step_up_required" } };
    await expect(setMemberRole(services, stale, { userId: member.id, role: "owner" })).rejects.toMatchObject(stepUp);
    expect(await setMemberRole(services, stale, { userId: member.id, role: "admin" })).toMatchObject({ role: "admin" });
    await setMemberRole(services, byOwner, { userId: member.id, role: "owner" });
    await expect(removeMember(services, stale, { userId: member.id })).rejects.toMatchObject(stepUp);
  });

  it("begins without the grants of the one before", async () => {
    const member = await join("member");
    await setMemberGrant(services, byOwner, { userId: member.id, area: "billing", setting: "granted" });
    expect(await setMemberRole(services, byOwner, { userId: member.id, role: "viewer" })).toMatchObject({ areas: {} });
    await expect(as(member, "billing.read")).rejects.toMatchObject(unauthorized);
  });

  it("that was lost in the meantime moves nothing any more", async () => {
    const [admin, member] = [await join("admin"), await join("member")];
    const byAdmin = await as(admin);
    await setMemberRole(services, byOwner, { userId: admin.id, role: "viewer" });
    await expect(setMemberRole(services, byAdmin, { userId: member.id, role: "admin" })).rejects.toMatchObject(unauthorized);
    await removeMember(services, byOwner, { userId: admin.id });
    await expect(removeMember(services, byAdmin, { userId: member.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("whoever goes", () => {
  it("is out at once, with their grants, and told so by letter", async () => {
    const member = await join("member");
    await setMemberGrant(services, byOwner, { userId: member.id, area: "billing", setting: "granted" });
    await removeMember(services, byOwner, { userId: member.id });
    await expect(as(member)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await services.owner.selectFrom("memberGrants").select("area").execute()).toEqual([]);
    expect(services.mailer.sent.map((mail) => mail.subject)).toEqual(["You are no longer in Harbour"]);
    const actions = await services.owner.selectFrom("auditEntries").select("action").orderBy("seq").execute();
    expect(actions.map((row) => row.action)).toEqual(["member.set_grant", "member.remove"]);
  });

  it("of their own will leaves a line in the audit log", async () => {
    const member = await join("support");
    await leaveWorkspace(services, await as(member));
    expect(await rolesOf(member)).toEqual([null]);
    const entry = await services.owner.selectFrom("auditEntries").select(["action", "actorId", "metadata"]).executeTakeFirst();
    expect(entry).toEqual({ action: "member.leave", actorId: member.id, metadata: { role: "support" } });
  });

  it("is not the last owner", async () => {
    await join("admin");
    await expect(leaveWorkspace(services, byOwner)).rejects.toMatchObject(refused("last_owner"));
    const owners = services.owner.updateTable("memberships").set({ role: "admin" }).where("userId", "=", owner.id);
    await expect(owners.execute()).rejects.toThrow("would have no owner");
    const gone = services.across.deleteFrom("memberships").where("userId", "=", owner.id);
    await expect(gone.execute()).rejects.toThrow("would have no owner");
    expect(await rolesOf(owner)).toEqual(["owner"]);
  });

  it("with the whole workspace goes as owner too", async () => {
    await services.owner.deleteFrom("workspaces").where("id", "=", workspace.id).execute();
    expect(await rolesOf(owner)).toEqual([null]);
  });
});

describe("two owners at once", () => {
  for (let round = 1; round <= 5; round += 1) {
    it(`cannot both leave: exactly one does (${round})`, async () => {
      const second = await join("owner");
      const scopes = [byOwner, await as(second)];
      const results = await Promise.allSettled(scopes.map((scope) => leaveWorkspace(services, scope)));
      expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
      expect((await rolesOf(owner, second)).filter((role) => role === "owner")).toHaveLength(1);
    });

    it(`cannot unmake each other: exactly one does (${round})`, async () => {
      const second = await join("owner");
      const bySecond = await as(second);
      const results = await Promise.allSettled([
        setMemberRole(services, byOwner, { userId: second.id, role: "admin" }),
        setMemberRole(services, bySecond, { userId: owner.id, role: "admin" }),
      ]);
      expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
      expect((await rolesOf(owner, second)).sort()).toEqual(["admin", "owner"]);
    });

    it(`cannot both go behind the back of our code: PostgreSQL stops the second (${round})`, async () => {
      const second = await join("owner");
      const gone = [owner, second].map((user) =>
        services.across.deleteFrom("memberships").where("userId", "=", user.id).execute(),
      );
      const results = await Promise.allSettled(gone);
      expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    });
  }
});

describe("a workspace that is handed over", () => {
  it("belongs to a member from then on, and keeps whoever gave it as an admin", async () => {
    const member = await join("viewer");
    await transferWorkspace(services, byOwner, { userId: member.id });
    expect(await rolesOf(owner, member)).toEqual(["admin", "owner"]);
    expect(services.mailer.sent.map((mail) => mail.to)).toEqual([member.email, owner.email]);
    const entry = await services.owner.selectFrom("auditEntries").select(["action", "metadata"]).executeTakeFirst();
    expect(entry).toEqual({ action: "workspace.transfer", metadata: { from: owner.id, roleBefore: "viewer" } });
  });

  it("goes to nobody outside, to nobody twice, and is given by owners only", async () => {
    const [admin, stranger] = [await join("admin"), await createTestUser(services)];
    await expect(transferWorkspace(services, byOwner, { userId: stranger.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
    const byAdmin = await as(admin);
    await expect(transferWorkspace(services, byAdmin, { userId: admin.id })).rejects.toMatchObject(unauthorized);
    await transferWorkspace(services, byOwner, { userId: admin.id });
    await expect(transferWorkspace(services, byOwner, { userId: admin.id })).rejects.toMatchObject(unauthorized);
    expect(await rolesOf(owner, admin)).toEqual(["admin", "owner"]);
  });
});

describe("an area", () => {
  it("withheld is refused at the next act, and allowed again when it is as the role says", async () => {
    const member = await join("member");
    const set = (setting: "withheld" | "as_role") =>
      setMemberGrant(services, byOwner, { userId: member.id, area: "agent_behaviour", setting });
    expect(await set("withheld")).toMatchObject({ areas: { agent_behaviour: false } });
    await expect(as(member, "deployment.create")).rejects.toThrow("withheld from you");
    expect(await set("as_role")).toMatchObject({ areas: {} });
    expect((await as(member, "deployment.create")).grant).toEqual({ kind: "role", role: "member", areas: {} });
  });

  it("granted allows what the role does not, and the scope says so", async () => {
    const viewer = await join("viewer");
    await expect(as(viewer, "integration.configure")).rejects.toMatchObject(unauthorized);
    await setMemberGrant(services, byOwner, { userId: viewer.id, area: "integrations", setting: "granted" });
    expect((await as(viewer, "integration.configure")).grant).toMatchObject({ areas: { integrations: true } });
  });

  it("is no matter for support's eyes, for owners, for oneself, or for whom it is withheld", async () => {
    const [admin, member, support] = [await join("admin"), await join("member"), await join("support")];
    const grant = (scope: WorkspaceScope, user: TestUser, area: "billing" | "agent_behaviour" = "billing") =>
      setMemberGrant(services, scope, { userId: user.id, area, setting: "granted" });
    await expect(grant(byOwner, support, "agent_behaviour")).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    const byAdmin = await as(admin);
    await expect(grant(byAdmin, owner)).rejects.toMatchObject(unauthorized);
    await expect(grant(byAdmin, admin)).rejects.toMatchObject(unauthorized);
    expect(await grant(byAdmin, member)).toMatchObject({ areas: { billing: true } });
    await setMemberGrant(services, byOwner, { userId: admin.id, area: "billing", setting: "withheld" });
    await expect(grant(await as(admin), support)).rejects.toMatchObject(unauthorized);
  });
});

describe("the pages", () => {
  it("say whom the caller may manage", async () => {
    const [admin, member] = [await join("admin"), await join("member")];
    const seenBy = async (user: TestUser) => {
      const { items } = await listMembers(services, await as(user), { limit: 10 });
      return new Map(items.map((item) => [item.userId, item.isManageable]));
    };
    expect(await seenBy(owner)).toEqual(
      new Map([
        [owner.id, false],
        [admin.id, true],
        [member.id, true],
      ]),
    );
    expect(await seenBy(admin)).toEqual(
      new Map([
        [owner.id, false],
        [admin.id, false],
        [member.id, true],
      ]),
    );
    expect(await seenBy(member)).toEqual(
      new Map([
        [owner.id, false],
        [admin.id, false],
        [member.id, false],
      ]),
    );
  });

  it("show the one table, with what the caller may give", async () => {
    const admin = await join("admin");
    const table = describeRoles(await as(admin));
    expect(table.roles.filter((role) => role.isGivable).map((role) => role.role)).toEqual([
      "admin",
      "member",
      "support",
      "viewer",
    ]);
    expect(table.roles.map((role) => role.presetOf)).toEqual([null, "Workspace Admin", "User", "Support Agent", null]);
    expect(table.actions.find((action) => action.action === "workspace.transfer")?.roles).toEqual(["owner"]);
  });
});
