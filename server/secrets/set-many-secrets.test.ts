// Several secrets in one act, and the history that each of them leaves.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { WorkspaceScope } from "~/server/auth/scope";
import { createTestAgent, createTestDeployment, createTestManifest, createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { listSecretVersions } from "./list-secret-versions";
import { openForLaunch } from "./open-for-launch";
import { setManySecrets } from "./set-many-secrets";
import { setSecret } from "./set-secret";
import { unsetSecret } from "./unset-secret";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

const manifest = createTestManifest({ env: { requiredKeys: ["OPENAI_API_KEY"], optionalKeys: ["REGION"] } });

async function createAgent() {
  const tenant = await createTestTenant(services);
  const agent = await createTestAgent(services, tenant.workspace);
  return { ...tenant, agent: { ...agent, owner: tenant.user } };
}

const set = (scope: WorkspaceScope, agentId: string, value: string, name = "OPENAI_API_KEY") =>
  setSecret(services, scope, { agentId, name, value });

describe("many secrets at once", () => {
  const many = (scope: WorkspaceScope, agentId: string, names: readonly string[], value = "value") =>
    setManySecrets(services, scope, { agentId, secrets: names.map((name) => ({ name, value })) });

  it("are set all together, each audited by its name", async () => {
    const { scope, agent } = await createAgent();
    const { items } = await many(scope, agent.id, ["B_KEY", "A_KEY"]);
    expect(items).toEqual([
      { name: "A_KEY", version: 1 },
      { name: "B_KEY", version: 1 },
    ]);
    const entries = await services.owner
      .selectFrom("auditEntries")
      .select("metadata")
      .where("action", "=", "secret.set")
      .execute();
    expect(entries.map(({ metadata }) => metadata["name"])).toEqual(["A_KEY", "B_KEY"]);
  });

  it("are set not at all when one of them cannot be", async () => {
    const { scope, agent } = await createAgent();
    const row = { workspaceId: scope.workspaceId, agentId: agent.id, updatedBy: scope.principal.userId, updatedAt: new Date() };
    const rows198 = Array.from({ length: 198 }, (_, place) => ({
      ...row,
      name: `KEY_${place}`,
      version: 1,
      lastInjectedAt: null,
      sealedValue: null,
    }));
    await services.owner.insertInto("agentSecrets").values(rows198).execute();
    await expect(many(scope, agent.id, ["KEY_0", "Z_1", "Z_2", "Z_3"], "newer")).rejects.toMatchObject({ code: "CONFLICT" });
    const rows = await services.owner.selectFrom("agentSecrets").select(["name", "version"]).execute();
    expect(rows).toHaveLength(198);
    expect(new Set(rows.map(({ version }) => version))).toEqual(new Set([1]));
  });

  it("hold 256 KiB together at most: what they say is looked for in all that the agent prints", async () => {
    const { scope, agent } = await createAgent();
    const names = Array.from({ length: 15 }, (_, place) => `KEY_${place}`);
    await many(scope, agent.id, names, "x".repeat(16_384));
    const refused = expect(many(scope, agent.id, ["KEY_15", "KEY_16"], "y".repeat(16_384))).rejects;
    await refused.toMatchObject({ code: "CONFLICT", message: expect.stringContaining("256 KiB") });
    await many(scope, agent.id, names, "shorter");
    await many(scope, agent.id, ["KEY_15", "KEY_16"], "y".repeat(16_384));
  });

  it("in eight racing acts with the same names in other orders, beside writers of single ones, wait for each other: no version is lost, none is shared", async () => {
    const { scope, agent } = await createAgent();
    const names = ["A_KEY", "B_KEY", "C_KEY"];
    const acts = Array.from({ length: 8 }, (_, turn) => many(scope, agent.id, turn % 2 === 0 ? names : [...names].reverse()));
    const singles = ["C_KEY", "B_KEY", "A_KEY"].map((name) => set(scope, agent.id, "single", name));
    await Promise.all([...acts, ...singles]);
    const rows = await services.owner.selectFrom("agentSecrets").select("version").execute();
    expect(rows.map(({ version }) => version)).toEqual([9, 9, 9]);
    const current = await services.owner
      .selectFrom("agentSecretVersions")
      .select("version")
      .where("endedAt", "is", null)
      .execute();
    expect(current.map(({ version }) => version)).toEqual([9, 9, 9]);
  });
});

describe("the history of a secret", () => {
  it("says who set what when, how it ended and when an agent was given it; the value before is destroyed", async () => {
    const { scope, agent, user } = await createAgent();
    const deployment = await createTestDeployment(services, agent, { manifest });
    const sealed = async () => {
      const row = await services.owner.selectFrom("agentSecrets").select("sealedValue").executeTakeFirstOrThrow();
      return row.sealedValue?.toString("hex") ?? "";
    };
    await set(scope, agent.id, "one");
    const first = await sealed();
    await openForLaunch(services, deployment.id);
    const injectedAt = services.clock.now();
    services.clock.advance(60_000);
    await set(scope, agent.id, "two");
    services.clock.advance(60_000);
    await unsetSecret(services, scope, { agentId: agent.id, name: "OPENAI_API_KEY" });
    const { items } = await listSecretVersions(services, scope, { agentId: agent.id, name: "OPENAI_API_KEY" });
    expect(items).toMatchObject([
      { version: 2, setBy: user.displayName, endedHow: "unset", endedAt: services.clock.now(), lastInjectedAt: null },
      { version: 1, setBy: user.displayName, endedHow: "replaced", lastInjectedAt: injectedAt },
    ]);
    const dump = JSON.stringify(
      (
        await sql<{
          row: string;
        }>`select t::text as row from agent_secrets t union all select t::text from agent_secret_versions t`.execute(
          services.owner,
        )
      ).rows,
    );
    expect(first.length).toBeGreaterThan(40);
    expect(dump).not.toContain(first.slice(8, 40));
  });

  it("keeps the newest hundred versions", async () => {
    const { scope, agent } = await createAgent();
    const at = services.clock.now();
    const version = { workspaceId: scope.workspaceId, agentId: agent.id, name: "OPENAI_API_KEY", setBy: "usr_1", setAt: at };
    const ended = { endedBy: "usr_1", endedAt: at, endedHow: "replaced" as const, lastInjectedAt: null };
    await set(scope, agent.id, "value");
    await services.owner.updateTable("agentSecrets").set({ version: 102 }).execute();
    await services.owner.updateTable("agentSecretVersions").set({ version: 102 }).execute();
    const older = Array.from({ length: 101 }, (_, place) => ({ ...version, ...ended, version: place + 1 }));
    await services.owner.insertInto("agentSecretVersions").values(older).execute();
    await set(scope, agent.id, "the hundred and third");
    const { items } = await listSecretVersions(services, scope, { agentId: agent.id, name: "OPENAI_API_KEY" });
    expect(items).toHaveLength(100);
    expect(items.at(-1)).toMatchObject({ version: 4 });
  });
});
