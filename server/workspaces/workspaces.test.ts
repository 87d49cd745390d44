// Workspaces: who is in them, what they are called, and that strangers see nothing.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  addTestMember,
  createTestTenant,
  createTestUser,
  createTestWorkspace,
  principalOf,
  scopeOf,
} from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { addWorkspace } from "./add-workspace";
import { personalWorkspaceName } from "./create-workspace";
import { getWorkspace } from "./get-workspace";
import { listMembers } from "./list-members";
import { renameWorkspace } from "./rename-workspace";
import { ownedWorkspacesMax, RenameWorkspaceInput } from "./workspaces.contract";
import { listWorkspacesOfUserAcrossWorkspaces } from "./workspaces.queries";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

describe("a workspace", () => {
  it("is renamed with a line in the audit log", async () => {
    const { scope } = await createTestTenant(services, { name: "Before" });
    expect(await renameWorkspace(services, scope, { name: "After" })).toMatchObject({ name: "After", role: "owner" });
    expect(await getWorkspace(services, scope)).toMatchObject({ name: "After" });
    const entry = await services.owner.selectFrom("auditEntries").select(["action", "metadata"]).executeTakeFirstOrThrow();
    expect(entry).toEqual({ action: "workspace.rename", metadata: { from: "Before", to: "After" } });
  });

  it("has no name that would be a message of its own in the letters to whom somebody invites", () => {
    const named = (name: string) => RenameWorkspaceInput.safeParse({ name }).success;
    for (const name of ["Win at https://evil.test", "Ours\n\nYour account is locked", "www.evil.test", "a\u2028b"]) {
      expect(named(name)).toBe(false);
    }
    for (const name of ["Ada's workspace", "R&D: agents (EU) 🚢", "acme.io"]) expect(named(name)).toBe(true);
  });

  it("lists its members page by page, and nobody else's", async () => {
    const { workspace, user, scope } = await createTestTenant(services);
    await createTestTenant(services);
    const people = [user];
    for (let place = 0; place < 4; place += 1) {
      const person = await createTestUser(services);
      await addTestMember(services, workspace, person, "viewer");
      people.push(person);
    }
    const first = await listMembers(services, scope, { limit: 3 });
    const second = await listMembers(services, scope, { limit: 3, cursor: first.nextCursor ?? "" });
    const listed = [...first.items, ...second.items].map((member) => member.userId);
    expect(listed.sort()).toEqual(people.map((person) => person.id).sort());
    expect(second.nextCursor).toBeNull();
  });

  it("answers a stranger's wish exactly as a missing one", async () => {
    const [mine, theirs] = [await createTestTenant(services), await createTestTenant(services)];
    const wish = (id: string) => scopeOf(services, mine.user, { id }).catch(String);
    const [foreign, missing] = [await wish(theirs.workspace.id), await wish("wks_01JD2ZK5V3W8Q9R7T6Y5X4C3B2")];
    expect(foreign).toContain("There is no such workspace");
    expect(foreign).toBe(missing);
  });

  it("of a disabled tenant mints no scope, says why, and is still listed as disabled", async () => {
    const { workspace, user } = await createTestTenant(services);
    await services.owner.updateTable("workspaces").set({ disabledAt: new Date() }).execute();
    const refusal = { code: "UNAUTHORIZED", details: { reason: "workspace_disabled" } };
    await expect(scopeOf(services, user, workspace)).rejects.toMatchObject(refusal);
    await addWorkspace(services, principalOf(user), {
      name: "Open",
      visitor: { traceId: "trc_1", ipAddress: null, userAgent: null },
    });
    const mine = await listWorkspacesOfUserAcrossWorkspaces(services.across, user.id, 10);
    expect(Object.fromEntries(mine.map(({ name, isDisabled }) => [name, isDisabled]))).toEqual({
      [workspace.name]: true,
      Open: false,
    });
  });

  it("is called after its person, never longer than it may be", () => {
    expect(personalWorkspaceName("Ada")).toBe("Ada's workspace");
    expect(personalWorkspaceName("😀".repeat(100)).length).toBeLessThanOrEqual(120);
    expect(Array.from(personalWorkspaceName("😀".repeat(100)))).toHaveLength(60);
  });
});

describe("a further workspace", () => {
  const visitor = { traceId: "trc_1", ipAddress: "192.0.2.1", userAgent: null };
  const add = (user: Parameters<typeof principalOf>[0], emailVerified = true) =>
    addWorkspace(services, principalOf(user, { emailVerified }), { name: "Second", visitor });

  it("belongs to whoever asked for it, with a line in its own audit log", async () => {
    const { user } = await createTestTenant(services);
    const id = await add(user);
    expect((await scopeOf(services, user, { id })).grant).toMatchObject({ role: "owner" });
    const entry = await services.owner.selectFrom("auditEntries").select(["action", "workspaceId"]).executeTakeFirst();
    expect(entry).toEqual({ action: "workspace.create", workspaceId: id });
  });

  it("is refused before the address is confirmed, and slowed down after a few", async () => {
    const { user } = await createTestTenant(services);
    await expect(add(user, false)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    for (let times = 0; times < 5; times += 1) await add(user);
    await expect(add(user)).rejects.toMatchObject({ code: "RATE_LIMITED" });
  });

  it("beyond the cap is refused, also to two that race for the last place", async () => {
    const { user } = await createTestTenant(services);
    for (let owned = 1; owned < ownedWorkspacesMax - 1; owned += 1) await createTestWorkspace(services, { owner: user });
    const results = await Promise.allSettled([add(user), add(user)]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});
