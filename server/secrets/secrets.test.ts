// Agent secrets: written once, read by no one, opened for the one process that its manifest names them for.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { WorkspaceScope } from "~/server/auth/scope";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { deriveTelemetryKey } from "~/server/telemetry/telemetry-key";
import {
  addTestMember,
  createTestAgent,
  createTestDeployment,
  createTestManifest,
  createTestTenant,
  createTestUpload,
  createTestUser,
  scopeOf,
} from "~/server/testing/factories";
import { placeDeployment } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { listSecrets } from "./list-secrets";
import { missingRequiredKeys } from "./missing-required-keys";
import { openForDeploy } from "./open-for-deploy";
import { openForLaunch } from "./open-for-launch";
import { setSecret } from "./set-secret";
import { unsetSecret } from "./unset-secret";

let services: TestServices;
const provider = createFakeProvider({ grantFor: (deploymentId) => openForLaunch(services, deploymentId) });
beforeAll(async () => {
  services = await createTestServices({ providers: createProviderRegistry([provider]) });
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

describe("a secret", () => {
  it("lies sealed in the database, and no list, audit entry or Redis key holds its value", async () => {
    const { scope, agent } = await createAgent();
    await createTestDeployment(services, agent, { manifest });
    await set(scope, agent.id, "canary-value-123");
    const tables = ["agentSecrets", "auditEntries", "deployments", "dataKeys"] as const;
    for (const table of tables) {
      const rows = await services.owner.selectFrom(table).selectAll().execute();
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) for (const cell of Object.values(row)) expect(textOf(cell)).not.toContain("canary");
    }
    expect(JSON.stringify(await listSecrets(services, scope, { agentId: agent.id }))).not.toContain("canary");
    expect(await services.redis.dbsize()).toBe(0);
  });

  it("gets a higher version with every value, also across an unset; twenty racing writers never share one", async () => {
    const { scope, agent } = await createAgent();
    const results = await Promise.all(Array.from({ length: 20 }, (_, place) => set(scope, agent.id, `value ${place}`)));
    expect(results.map((result) => result.version).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, place) => place + 1),
    );
    await unsetSecret(services, scope, { agentId: agent.id, name: "OPENAI_API_KEY" });
    expect(await set(scope, agent.id, "again")).toMatchObject({ version: 21 });
  });

  it("that is not set cannot be unset", async () => {
    const { scope, agent } = await createAgent();
    await expect(unsetSecret(services, scope, { agentId: agent.id, name: "NOPE" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    await set(scope, agent.id, "value");
    const once = { agentId: agent.id, name: "OPENAI_API_KEY" };
    await unsetSecret(services, scope, once);
    await expect(unsetSecret(services, scope, once)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("of somebody else's agent answers exactly as one of a missing agent", async () => {
    const [mine, theirs] = [await createAgent(), await createAgent()];
    await set(theirs.scope, theirs.agent.id, "value");
    const missing = "agt_01JD2ZK5V3W8Q9R7T6Y5X4C3B2";
    const once = (agentId: string) => ({ agentId, name: "OPENAI_API_KEY" });
    const acts = [
      (agentId: string) => set(mine.scope, agentId, "value"),
      (agentId: string) => unsetSecret(services, mine.scope, once(agentId)),
      (agentId: string) => listSecrets(services, mine.scope, { agentId }),
    ];
    for (const act of acts) {
      const [foreign, none] = [await act(theirs.agent.id).catch(String), await act(missing).catch(String)];
      expect(foreign).toContain("There is no such agent");
      expect(foreign).toBe(none);
    }
  });

  it("is out of reach for the role support: neither values nor names", async () => {
    const { workspace } = await createAgent();
    const support = await createTestUser(services);
    await addTestMember(services, workspace, support, "support");
    for (const action of ["secret.read", "secret.write"] as const) {
      await expect(scopeOf(services, support, workspace, action)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    }
  });
});

describe("the list", () => {
  it("shows what the newest manifest needs, what is set, and which live value is old", async () => {
    const { scope, agent, workspace } = await createAgent();
    const deployment = await createTestDeployment(services, agent, { manifest });
    await set(scope, agent.id, "one");
    await set(scope, agent.id, "kept from before", "OLD_KEY");
    const row = { agentId: agent.id, deploymentId: deployment.id, tenant: { workspace }, version: 1 };
    await placeDeployment({ provider }, row);
    await provider.activate({ ...row, workspaceId: workspace.id }, { signal: AbortSignal.timeout(30_000) });
    const states = async () =>
      (await listSecrets(services, scope, { agentId: agent.id })).items.map(
        ({ name, isSet, isRequired, isOptional, isStale }) => ({
          name,
          isSet,
          isRequired,
          isOptional,
          isStale,
        }),
      );
    const required = { name: "OPENAI_API_KEY", isSet: true, isRequired: true, isOptional: false, isStale: false };
    const optional = { name: "REGION", isSet: false, isRequired: false, isOptional: true, isStale: false };
    const old = { name: "OLD_KEY", isSet: true, isRequired: false, isOptional: false, isStale: false };
    expect(await states()).toEqual([required, optional, old]);
    await set(scope, agent.id, "two");
    expect(await states()).toEqual([{ ...required, isStale: true }, optional, old]);
    await unsetSecret(services, scope, { agentId: agent.id, name: "OPENAI_API_KEY" });
    expect(await states()).toEqual([{ ...required, isSet: false, isStale: true }, optional, old]);
  });

  it("takes the keys from an upload while there is no deployment, but from no foreign one", async () => {
    const { scope, agent, workspace } = await createAgent();
    const other = await createTestTenant(services);
    const upload = await createTestUpload(services, workspace, { manifest });
    const foreign = await createTestUpload(services, other.workspace, { manifest });
    expect((await listSecrets(services, scope, { agentId: agent.id })).items).toEqual([]);
    const items = (await listSecrets(services, scope, { agentId: agent.id, uploadId: upload.id })).items;
    expect(items.map((item) => item.name)).toEqual(["OPENAI_API_KEY", "REGION"]);
    await expect(listSecrets(services, scope, { agentId: agent.id, uploadId: foreign.id })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});

describe("a launch", () => {
  it("gets only the keys that the deployment's manifest names and that are set, and its own telemetry key", async () => {
    const { scope, agent } = await createAgent();
    const deployment = await createTestDeployment(services, agent, { manifest });
    await set(scope, agent.id, "the value ✓");
    await set(scope, agent.id, "not for this one", "OTHER_KEY");
    const grant = await openForLaunch(services, deployment.id);
    expect(grant).toEqual({
      env: { OPENAI_API_KEY: "the value ✓" },
      telemetryKey: deriveTelemetryKey(services.config.telemetryRootKey, deployment.id, 1).toString("hex"),
      secretVersions: { OPENAI_API_KEY: 1 },
    });
    expect((await openForDeploy(services, deployment.id, { signal: new AbortController().signal })).env).toEqual(grant.env);
    const [row] = (await listSecrets(services, scope, { agentId: agent.id })).items;
    expect(row).toMatchObject({ lastInjectedAt: services.clock.now(), isStale: false });
  });

  it("gives another telemetry key to each deployment and generation", async () => {
    const { agent, scope } = await createAgent();
    await set(scope, agent.id, "value");
    const first = await createTestDeployment(services, agent, { manifest });
    const second = await createTestDeployment(services, agent, { manifest, version: 2, status: "ready" });
    const keys = [await openForLaunch(services, first.id), await openForLaunch(services, second.id)];
    await services.owner.updateTable("deployments").set({ telemetryGeneration: 2 }).where("id", "=", first.id).execute();
    keys.push(await openForLaunch(services, first.id));
    expect(new Set(keys.map((grant) => grant.telemetryKey)).size).toBe(3);
  });

  it("is refused for what is gone, disabled or never placed", async () => {
    const { agent, workspace, scope } = await createAgent();
    await set(scope, agent.id, "value");
    const deployment = await createTestDeployment(services, agent, { manifest });
    const launch = () => openForLaunch(services, deployment.id);
    await expect(openForLaunch(services, "dep_01JD2ZK5V3W8Q9R7T6Y5X4C3B2")).rejects.toMatchObject({ code: "NOT_FOUND" });
    const agents = services.owner.updateTable("agents").where("id", "=", agent.id);
    const workspaces = services.owner.updateTable("workspaces").where("id", "=", workspace.id);
    const now = services.clock.now();
    await agents.set({ disabledAt: now }).execute();
    await expect(launch()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    await agents.set({ disabledAt: null, deletedAt: now }).execute();
    await expect(launch()).rejects.toMatchObject({ code: "NOT_FOUND" });
    await agents.set({ deletedAt: null }).execute();
    await workspaces.set({ disabledAt: now }).execute();
    await expect(launch()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    await workspaces.set({ disabledAt: null }).execute();
    await expect(launch()).resolves.toBeDefined();
    for (const status of ["queued", "failed", "cancelled"] as const) {
      await services.owner.updateTable("deployments").set({ status }).where("id", "=", deployment.id).execute();
      await expect(launch()).rejects.toMatchObject({ code: "CONFLICT" });
    }
  });

  it("is refused while a required key has no value, by its name", async () => {
    const { scope, agent } = await createAgent();
    const deployment = await createTestDeployment(services, agent, { manifest });
    const refusal = { code: "CONFLICT", details: { reason: "secrets_missing" } };
    await expect(openForLaunch(services, deployment.id)).rejects.toMatchObject(refusal);
    await expect(openForLaunch(services, deployment.id)).rejects.toThrow(/OPENAI_API_KEY has no value/);
    await set(scope, agent.id, "value");
    await expect(openForLaunch(services, deployment.id)).resolves.toBeDefined();
  });

  it("of many that race with new values is noted with what it was given: the row holds what the last one holds", async () => {
    const { scope, agent } = await createAgent();
    const deployment = await createTestDeployment(services, agent, { manifest });
    await set(scope, agent.id, "value 1");
    const order: number[] = [];
    const launch = async () => {
      const { env, secretVersions } = await openForLaunch(services, deployment.id);
      expect(env["OPENAI_API_KEY"]).toBe(`value ${secretVersions["OPENAI_API_KEY"]}`);
      order.push(secretVersions["OPENAI_API_KEY"] ?? 0);
    };
    const write = async () => {
      for (let version = 2; version <= 12; version += 1) await set(scope, agent.id, `value ${version}`);
    };
    await Promise.all([write(), ...Array.from({ length: 20 }, launch)]);
    const noted = services.owner.selectFrom("deployments").select("secretVersions").where("id", "=", deployment.id);
    expect((await noted.executeTakeFirstOrThrow()).secretVersions).toEqual({ OPENAI_API_KEY: Math.max(...order) });
  });

  it("does not open a value that was copied into another agent's row", async () => {
    const { scope, agent, workspace } = await createAgent();
    const thief = { ...(await createTestAgent(services, workspace)), owner: workspace.owner };
    const deployment = await createTestDeployment(services, thief, { manifest });
    await set(scope, agent.id, "canary");
    await set(scope, thief.id, "own");
    const { sealedValue } = await services.owner
      .selectFrom("agentSecrets")
      .select("sealedValue")
      .where("agentId", "=", agent.id)
      .executeTakeFirstOrThrow();
    await services.owner.updateTable("agentSecrets").set({ sealedValue }).where("agentId", "=", thief.id).execute();
    await expect(openForLaunch(services, deployment.id)).rejects.toThrow(/OPENAI_API_KEY does not open/);
  });
});

describe("a deployment", () => {
  it("is told which required keys have no value, in the manifest's order", async () => {
    const { scope, agent } = await createAgent();
    await set(scope, agent.id, "value", "B_KEY");
    await set(scope, agent.id, "value", "C_KEY");
    await unsetSecret(services, scope, { agentId: agent.id, name: "C_KEY" });
    const wanted = { workspaceId: scope.workspaceId, agentId: agent.id, requiredKeys: ["C_KEY", "B_KEY", "A_KEY"] };
    expect(await missingRequiredKeys(services.across, wanted)).toEqual(["C_KEY", "A_KEY"]);
    expect(await missingRequiredKeys(services.across, { ...wanted, requiredKeys: [] })).toEqual([]);
  });
});

function textOf(cell: unknown): string {
  return Buffer.isBuffer(cell) ? cell.toString("latin1") : JSON.stringify(cell ?? null);
}
