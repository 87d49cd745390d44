// Workspaces: who is in them, what they are called, and that strangers see nothing.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addTestMember, createTestTenant, createTestUser, scopeOf } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { personalWorkspaceName } from "./create-workspace";
import { getWorkspace } from "./get-workspace";
import { listMembers } from "./list-members";
import { renameWorkspace } from "./rename-workspace";

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

  it("of a disabled tenant mints no scope", async () => {
    const { workspace, user } = await createTestTenant(services);
    await services.owner.updateTable("workspaces").set({ disabledAt: new Date() }).execute();
    await expect(scopeOf(services, user, workspace)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });

  it("is called after its person, never longer than it may be", () => {
    expect(personalWorkspaceName("Ada")).toBe("Ada's workspace");
    expect(personalWorkspaceName("😀".repeat(100)).length).toBeLessThanOrEqual(120);
    expect(Array.from(personalWorkspaceName("😀".repeat(100)))).toHaveLength(60);
  });
});
