// Connected systems: nobody reaches one unless it was granted, by name or by role (MISSION A6).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { SystemAccess } from "~/db/tables/connected-system-grants";
import type { Role } from "~/db/tables/memberships";
import { inWorkspace } from "~/db/transaction";
import { createApiKey } from "~/server/api-keys/create-api-key";
import { mintWorkspaceScope } from "~/server/auth/mint-scope";
import { proveApiKey } from "~/server/auth/prove-api-key";
import type { WorkspaceScope } from "~/server/auth/scope";
import { newId } from "~/server/ids";
import {
  addTestMember,
  createTestTenant,
  createTestUser,
  scopeOf,
  type TestUser,
  type TestWorkspace,
} from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { assertMayUseSystem } from "./assert-may-use-system";
import { grantSystem } from "./grant-system";
import { listSystemGrants } from "./list-system-grants";
import { removeMember } from "./remove-member";
import { setMemberGrant } from "./set-member-grant";
import { setMemberRole } from "./set-member-role";
import { withdrawSystem } from "./withdraw-system";

let services: TestServices;
let workspace: TestWorkspace;
let owner: WorkspaceScope;
const systemId = newId("connectedSystem");
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  ({ workspace, scope: owner } = await createTestTenant(services));
});

async function join(role: Role): Promise<[TestUser, WorkspaceScope]> {
  const user = await createTestUser(services);
  await addTestMember(services, workspace, user, role);
  return [user, await scopeOf(services, user, workspace)];
}

/** `ok`, or the code of the refusal. */
function tries(scope: WorkspaceScope, access: SystemAccess): Promise<string> {
  const asked = inWorkspace(services.db, scope, (tx) => assertMayUseSystem(tx, scope, { systemId, access }));
  return asked.then(
    () => "ok",
    (error) => error.code,
  );
}

const grant = (to: { userId: string } | { role: Role }, access: SystemAccess = "use") =>
  grantSystem(services, owner, { systemId, access, ...to });

describe("a connected system", () => {
  it("is reached by nobody who was not granted it, an owner included, and looks missing", async () => {
    const [, byMember] = await join("member");
    for (const scope of [owner, byMember]) {
      expect(await tries(scope, "use")).toBe("NOT_FOUND");
      expect(await tries(scope, "read_data")).toBe("NOT_FOUND");
    }
    expect(await tries(owner, "configure")).toBe("ok"); // follows from integration.configure
    expect(await tries(byMember, "configure")).toBe("NOT_FOUND");
  });

  it("is reached by the member it was granted to, for exactly that", async () => {
    const [user, scope] = await join("viewer");
    const [, other] = await join("viewer");
    await grant({ userId: user.id });
    expect(await tries(scope, "use")).toBe("ok");
    expect(await tries(scope, "read_data")).toBe("UNAUTHORIZED");
    expect(await tries(other, "use")).toBe("NOT_FOUND");
  });

  it("is reached by everybody with the role it was granted to, as long as they have it", async () => {
    const [user, scope] = await join("support");
    await grant({ role: "support" }, "read_data");
    expect(await tries(scope, "read_data")).toBe("ok");
    await setMemberRole(services, owner, { userId: user.id, role: "viewer" });
    expect(await tries(scope, "read_data")).toBe("NOT_FOUND");
  });

  it("is out of reach when the grant is withdrawn or the member is removed", async () => {
    const [user, scope] = await join("member");
    const { grantId } = await grant({ userId: user.id });
    await withdrawSystem(services, owner, { grantId });
    expect(await tries(scope, "use")).toBe("NOT_FOUND");
    await expect(withdrawSystem(services, owner, { grantId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await grant({ userId: user.id });
    await removeMember(services, owner, { userId: user.id });
    expect(await tries(scope, "use")).toBe("NOT_FOUND");
    expect((await listSystemGrants(services, owner, { limit: 10 })).items).toEqual([]);
  });

  it("is reached by a key as far as whoever made it, and never configured by one", async () => {
    const managing = await scopeOf(services, workspace.owner, workspace, "api_key.manage");
    const { apiKey } = await createApiKey(services, managing, { name: "key", preset: "all", expiresInDays: null });
    const principal = await proveApiKey(services, apiKey);
    const at = { action: "agent.read", workspaceId: null, traceId: "trc_1", ipAddress: null } as const;
    const byKey = await mintWorkspaceScope(services, principal, at);
    expect(await tries(byKey, "use")).toBe("NOT_FOUND");
    await grant({ userId: workspace.owner.id });
    await grant({ userId: workspace.owner.id }, "configure");
    expect(await tries(byKey, "use")).toBe("ok");
    expect(await tries(byKey, "configure")).toBe("UNAUTHORIZED");
  });

  it("is granted to members only, once, by whoever may, with a line in the audit log", async () => {
    const stranger = await createTestUser(services);
    await expect(grant({ userId: stranger.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await grant({ role: "member" });
    await expect(grant({ role: "member" })).rejects.toMatchObject({ code: "CONFLICT" });
    const [, byMember] = await join("member");
    const refused = grantSystem(services, byMember, { systemId, access: "use", role: "viewer" });
    await expect(refused).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    const entries = await services.owner.selectFrom("auditEntries").select(["action", "targetId", "metadata"]).execute();
    const metadata = { access: "use", userId: null, role: "member" };
    expect(entries).toEqual([{ action: "system_grant.create", targetId: systemId, metadata }]);
  });

  it("is given to configure by nobody from whom that is withheld, themselves included, and by nobody to support", async () => {
    const [admin, byAdmin] = await join("admin");
    await setMemberGrant(services, owner, { userId: admin.id, area: "integrations", setting: "withheld" });
    const configure = { systemId, access: "configure" } as const;
    for (const to of [{ userId: admin.id }, { role: "admin" }] as const) {
      await expect(grantSystem(services, byAdmin, { ...configure, ...to })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    }
    await expect(grantSystem(services, byAdmin, { systemId, access: "use", role: "viewer" })).resolves.toBeDefined();
    const [, bySupport] = await join("support");
    await grant({ role: "support" }, "configure");
    expect(await tries(bySupport, "configure")).toBe("UNAUTHORIZED");
  });

  it("of one workspace is nothing to another", async () => {
    const other = await createTestTenant(services);
    const { grantId } = await grant({ role: "owner" });
    expect(await tries(other.scope, "use")).toBe("NOT_FOUND");
    await expect(withdrawSystem(services, other.scope, { grantId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
