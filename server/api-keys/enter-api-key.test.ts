// A key is worth no more than whoever makes it: what is withheld from a person, no key of theirs gives back (MISSION A6, E4).
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { ApiKeyPreset } from "~/db/tables/api-keys";
import type { GrantArea } from "~/db/tables/member-grants";
import type { WorkspaceScope } from "~/server/auth/scope";
import { addTestMember, createTestTenant, createTestUser, scopeOf } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { setMemberGrant } from "~/server/workspaces/set-member-grant";
import { createApiKey } from "./create-api-key";
import { rerollApiKey } from "./reroll-api-key";

let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services, { tier: "enterprise" });
});

async function adminWithout(area: GrantArea): Promise<WorkspaceScope> {
  const user = await createTestUser(services);
  await addTestMember(services, tenant.workspace, user, "admin");
  const scope = await scopeOf(services, tenant.user, tenant.workspace, "grant.manage");
  await setMemberGrant(services, scope, { userId: user.id, area, setting: "withheld" });
  return scopeOf(services, user, tenant.workspace, "api_key.manage");
}

const make = (scope: WorkspaceScope, preset: ApiKeyPreset) =>
  createApiKey(services, scope, { name: preset, preset, expiresInDays: null });
const withheld = { code: "UNAUTHORIZED", details: { reason: "preset_withheld" } };

it("an admin from whom an area is withheld makes no key that has it, and every other one", async () => {
  const behaviour = await adminWithout("agent_behaviour");
  await expect(make(behaviour, "all")).rejects.toMatchObject(withheld);
  await expect(make(behaviour, "deploy")).rejects.toMatchObject(withheld);
  expect(await make(behaviour, "invoke")).toMatchObject({ preset: "invoke" });
  expect(await make(behaviour, "read")).toMatchObject({ preset: "read" });
  const integrations = await adminWithout("integrations");
  await expect(make(integrations, "all")).rejects.toMatchObject(withheld);
  expect(await make(integrations, "deploy")).toMatchObject({ preset: "deploy" });
});

it("nor takes such a key over by rerolling it: the old one stays as it was", async () => {
  const { keyId } = await make(tenant.scope, "all");
  const overlap = { keyId, overlapHours: 24 } as const;
  await expect(rerollApiKey(services, await adminWithout("agent_behaviour"), overlap)).rejects.toMatchObject(withheld);
  expect(await rerollApiKey(services, tenant.scope, overlap)).toMatchObject({ preset: "all", replacesKeyId: keyId });
});
