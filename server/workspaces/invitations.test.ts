// Invitations: by mail, once, only for the address they were sent to, and worth no more than whoever sent them (MISSION A7).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { WorkspaceScope } from "~/server/auth/scope";
import { plans } from "~/server/plans/plans";
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
import { acceptInvitation } from "./accept-invitation";
import { InviteInput } from "./invitations.contract";
import { invitePerson } from "./invite-person";
import { listInvitations } from "./list-invitations";
import { lookAtInvitation } from "./look-at-invitation";
import { removeMember } from "./remove-member";
import { resendInvitation } from "./resend-invitation";
import { revokeInvitation } from "./revoke-invitation";
import { setMemberGrant } from "./set-member-grant";
import { setMemberRole } from "./set-member-role";

const day = 24 * 60 * 60_000;
const visitor = { traceId: "trc_1", ipAddress: "192.0.2.1", userAgent: null };

let services: TestServices;
let workspace: TestWorkspace;
let owner: TestUser;
let scope: WorkspaceScope;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  services.clock.set(new Date());
  ({ workspace, user: owner } = await createTestTenant(services, { name: "Harbour", tier: "enterprise" }));
  scope = await scopeOf(services, owner, workspace, "member.manage");
});

const grace = "grace@example.test";
const invite = (email = grace, role: "admin" | "member" | "viewer" = "member", by = scope) =>
  invitePerson(services, by, { email, role });

/** The token in the latest letter that has one. */
function token(): string {
  return services.mailer.sent.flatMap((mail) => /token=([0-9a-f]{64})/.exec(mail.text)?.[1] ?? []).at(-1) ?? "";
}

const accept = (user: TestUser, letter = token(), emailVerified = true) =>
  acceptInvitation(services, principalOf(user, { emailVerified }), { token: letter, visitor });
const look = (user: TestUser | null, letter = token()) =>
  lookAtInvitation(services, { token: letter, principal: user && principalOf(user), visitor });
const refusedBecause = (reason: string) => ({ details: { reason } });

async function joinAs(role: "admin" | "member"): Promise<[TestUser, WorkspaceScope]> {
  const user = await createTestUser(services);
  await addTestMember(services, workspace, user, role);
  return [user, await scopeOf(services, user, workspace)];
}

describe("an invitation", () => {
  it("makes the person whose address it was sent to a member, with the role it promised", async () => {
    const item = await invite();
    const person = await createTestUser(services, { email: grace });
    expect(await look(person)).toMatchObject({ workspaceName: "Harbour", role: "member", obstacle: null, workspaceId: null });
    expect(await accept(person)).toBe(workspace.id);
    expect((await scopeOf(services, person, workspace)).grant).toEqual({ kind: "role", role: "member", areas: {} });
    expect(await look(person)).toMatchObject({ obstacle: "accepted", workspaceId: workspace.id });
    expect(await listInvitations(services, scope)).toEqual([]);
    const entries = await services.owner
      .selectFrom("auditEntries")
      .select(["action", "actorId", "targetId"])
      .orderBy("seq")
      .execute();
    expect(entries).toEqual([
      { action: "invitation.create", actorId: owner.id, targetId: item.invitationId },
      { action: "invitation.accept", actorId: person.id, targetId: item.invitationId },
    ]);
  });

  it("is kept as a hash, and the audit log holds neither token nor address", async () => {
    await invite();
    const rows = [
      ...(await services.owner.selectFrom("invitations").selectAll().execute()),
      ...(await services.owner.selectFrom("auditEntries").selectAll().execute()),
    ];
    expect(JSON.stringify(rows)).not.toContain(token());
    expect(JSON.stringify(rows[1])).not.toContain(grace);
  });

  it("is accepted once: of ten racing acceptances exactly one gets through", async () => {
    await invite();
    const person = await createTestUser(services, { email: grace });
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => accept(person)));
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    const members = await services.owner.selectFrom("memberships").select("userId").where("userId", "=", person.id).execute();
    expect(members).toHaveLength(1);
  });

  it("is not for anybody else who holds the letter", async () => {
    await invite();
    const other = await createTestUser(services, { email: "mallory@example.test" });
    expect(await look(other)).toMatchObject({ obstacle: "other_address", workspaceId: null });
    await expect(accept(other)).rejects.toMatchObject({ code: "UNAUTHORIZED", ...refusedBecause("other_address") });
    expect(await look(null)).toMatchObject({ obstacle: "signed_out" });
  });

  it("waits until the address is confirmed", async () => {
    await invite();
    const person = await createTestUser(services, { email: grace, emailVerified: false });
    expect(await look(person)).toMatchObject({ obstacle: "email_not_verified" });
    await expect(accept(person, token(), false)).rejects.toMatchObject(refusedBecause("email_not_verified"));
  });

  it("takes another spelling of the address for the same", () => {
    expect(InviteInput.parse({ email: " Grace@Example.TEST ", role: "viewer" }).email).toBe(grace);
  });

  it("ends after seven days", async () => {
    await invite();
    const person = await createTestUser(services, { email: grace });
    services.clock.advance(7 * day - 1);
    expect(await look(person)).toMatchObject({ obstacle: null });
    services.clock.advance(1);
    expect(await look(person)).toMatchObject({ obstacle: "expired" });
    await expect(accept(person)).rejects.toMatchObject(refusedBecause("expired"));
    expect(await listInvitations(services, scope)).toMatchObject([{ state: "expired" }]);
  });

  it("is taken back, also from whoever has the letter open", async () => {
    const { invitationId } = await invite();
    await revokeInvitation(services, scope, { invitationId });
    const person = await createTestUser(services, { email: grace });
    expect(await look(person)).toMatchObject({ obstacle: "revoked" });
    await expect(accept(person)).rejects.toMatchObject(refusedBecause("revoked"));
    await expect(revokeInvitation(services, scope, { invitationId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(resendInvitation(services, scope, { invitationId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("sent again works by the new letter only, and for seven days more", async () => {
    const { invitationId } = await invite();
    const old = token();
    services.clock.advance(8 * day);
    await resendInvitation(services, scope, { invitationId });
    const person = await createTestUser(services, { email: grace });
    expect(await look(person, old)).toBeNull();
    await expect(accept(person, old)).rejects.toMatchObject(refusedBecause("link_dead"));
    expect(await accept(person)).toBe(workspace.id);
  });

  it("of an acceptance and a revocation at once lets exactly one win", async () => {
    for (let round = 0; round < 5; round += 1) {
      const email = `racer-${round}@example.test`;
      const { invitationId } = await invite(email);
      const person = await createTestUser(services, { email });
      const results = await Promise.allSettled([accept(person), revokeInvitation(services, scope, { invitationId })]);
      expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    }
  });

  it("means nothing to a disabled workspace, or to a member", async () => {
    await invite();
    const person = await createTestUser(services, { email: grace });
    await addTestMember(services, workspace, person, "viewer");
    expect(await look(person)).toMatchObject({ obstacle: "already_member", workspaceId: workspace.id });
    await expect(accept(person)).rejects.toMatchObject(refusedBecause("already_member"));
    await services.owner.updateTable("workspaces").set({ disabledAt: new Date() }).execute();
    expect(await look(person)).toMatchObject({ obstacle: "workspace_disabled", workspaceId: null });
    await expect(accept(person)).rejects.toMatchObject(refusedBecause("workspace_disabled"));
  });
});

describe("an invitation's inviter", () => {
  it("gives no role above their own, and none of which something is withheld from them", async () => {
    const [admin, byAdmin] = await joinAs("admin");
    await setMemberGrant(services, scope, { userId: admin.id, area: "billing", setting: "withheld" });
    await expect(invite(grace, "admin", byAdmin)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect(await invite(grace, "member", byAdmin)).toMatchObject({ role: "member" });
  });

  it("who has left or lost the right takes the invitation along, until somebody sends it again", async () => {
    const [admin, byAdmin] = await joinAs("admin");
    const { invitationId } = await invite(grace, "admin", byAdmin);
    const person = await createTestUser(services, { email: grace });
    await setMemberRole(services, scope, { userId: admin.id, role: "member" });
    expect(await look(person)).toMatchObject({ obstacle: "withdrawn" });
    await expect(accept(person)).rejects.toMatchObject(refusedBecause("withdrawn"));
    await removeMember(services, scope, { userId: admin.id });
    await expect(accept(person)).rejects.toMatchObject(refusedBecause("withdrawn"));
    expect(await listInvitations(services, scope)).toMatchObject([{ state: "withdrawn" }]);
    await resendInvitation(services, scope, { invitationId });
    expect(await accept(person)).toBe(workspace.id);
  });
});

describe("an invitation's disabled inviter", () => {
  it("gives nothing either, until the account is enabled again", async () => {
    const [admin, byAdmin] = await joinAs("admin");
    await invite(grace, "admin", byAdmin);
    const person = await createTestUser(services, { email: grace });
    const disable = (disabledAt: Date | null) =>
      services.owner.updateTable("users").set({ disabledAt }).where("id", "=", admin.id).execute();
    await disable(new Date());
    expect(await look(person)).toMatchObject({ obstacle: "withdrawn" });
    await expect(accept(person)).rejects.toMatchObject(refusedBecause("withdrawn"));
    expect(await listInvitations(services, scope)).toMatchObject([{ state: "withdrawn" }]);
    await disable(null);
    expect(await accept(person)).toBe(workspace.id);
  });
});

describe("inviting", () => {
  it("answers the same whether or not there is such an account", async () => {
    await createTestUser(services, { email: "known@example.test" });
    const [known, unknown] = [await invite("known@example.test"), await invite("unknown@example.test")];
    const shape = ({ invitationId: _id, email: _email, ...rest }: typeof known) => rest;
    expect(shape(known)).toEqual(shape(unknown));
    const [first, second] = services.mailer.sent;
    const plain = (text = "") => text.replaceAll(/(un)?known@example\.test|[0-9a-f]{64}/g, "");
    expect(plain(first?.text)).toBe(plain(second?.text));
  });

  it("refuses a member, and an address that is invited already", async () => {
    await invite();
    await expect(invite()).rejects.toMatchObject(refusedBecause("already_invited"));
    await expect(invite(owner.email)).rejects.toMatchObject(refusedBecause("already_member"));
    services.clock.advance(8 * day);
    await services.redis.flushdb();
    expect(await invite()).toMatchObject({ state: "open" });
    expect(await listInvitations(services, scope)).toHaveLength(1);
  });

  it("fills nobody's mailbox, from however many workspaces", async () => {
    for (let times = 0; times < 3; times += 1) {
      const other = await createTestTenant(services);
      await invitePerson(services, other.scope, { email: grace, role: "viewer" });
    }
    await expect(invite()).rejects.toMatchObject({ code: "RATE_LIMITED" });
    expect(services.mailer.sent).toHaveLength(3);
    expect(await listInvitations(services, scope)).toEqual([]);
  });

  it("stops when the plan has no room, and goes on when it has", async () => {
    await services.owner.updateTable("workspaces").set({ tier: "free" }).execute();
    for (let place = 1; place < plans.free.membersMax; place += 1) await invite(`p${place}@example.test`);
    await expect(invite()).rejects.toMatchObject({ code: "LIMIT_EXCEEDED", details: { limitType: "members" } });
    await services.owner.updateTable("workspaces").set({ tier: "starter" }).execute();
    expect(await invite()).toMatchObject({ state: "open" });
  });

  it("stops when fifty wait for an answer", async () => {
    for (let place = 0; place < 50; place += 1) {
      await invite(`p${place}@example.test`);
      if (place % 25 === 24) await services.redis.flushdb();
    }
    await expect(invite()).rejects.toMatchObject({ code: "CONFLICT" });
    services.clock.advance(7 * day);
    await services.redis.flushdb();
    expect(await invite()).toMatchObject({ state: "open" });
  });

  it("of two at once for one address sends one letter", async () => {
    const results = await Promise.allSettled([invite(), invite()]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(services.mailer.sent).toHaveLength(1);
  });
});
