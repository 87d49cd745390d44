// Dry runs tell what the act then does, over many states, and leave every row, blob and ring as it was (AHEAD 14).
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readInWorkspace } from "~/db/transaction";
import { createAgent } from "~/server/agents/create-agent";
import { disableAgent, enableAgent } from "~/server/agents/disable-agent";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { setSecret } from "~/server/secrets/set-secret";
import { unsetSecret } from "~/server/secrets/unset-secret";
import { uploadBundle } from "~/server/testing/bundles";
import { digestRows } from "~/server/testing/digest-rows";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { activateDeployment } from "./activate-deployment";
import { createDeployment } from "./create-deployment";
import { getDeployment } from "./get-deployment";
import { planActivation } from "./plan-activation";
import { planAgentDeletion } from "./plan-agent-deletion";
import { planDeployment } from "./plan-deployment";
import { runDeployment } from "./run-deployment";

let services: TestServices;
let fake: FakeProvider;
let scope: WorkspaceScope;
let agentId: string;

beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  fake = createFakeProvider();
  services.providers = { get: () => fake, list: () => [fake] };
  scope = (await createTestTenant(services)).scope;
  agentId = (await createAgent(services, scope, { name: "bot", description: "" })).agentId;
});

const draining = new AbortController().signal;
const upload = async (said: string, manifest: Record<string, unknown> = {}) =>
  (await uploadBundle(services, scope, `export default async () => ${JSON.stringify(said)};`, manifest)).uploadId;
const needing = (...requiredKeys: string[]) => ({ env: { requiredKeys } });
const set = (name: string, value: string) => setSecret(services, scope, { agentId, name, value });

async function deployed(uploadId: string, activate = true): Promise<string> {
  const { deploymentId } = await createDeployment(services, scope, { agentId, uploadId, activate });
  await runDeployment(services, { deploymentId, workspaceId: scope.workspaceId }, { draining });
  return deploymentId;
}

const outcome = async (act: () => Promise<unknown>): Promise<string | null> => {
  try {
    await act();
    return null;
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
};
const firstOf = (plan: { refusals: { code: string; message: string }[] }) =>
  plan.refusals[0] ? `${plan.refusals[0].code}: ${plan.refusals[0].message}` : null;

async function limitVersions(deploymentsKeptMax: number): Promise<void> {
  await sql`insert into plan_overrides (workspace_id, changes, reason, set_by, set_at) values
    (${scope.workspaceId}, ${JSON.stringify({ deploymentsKeptMax })}, 'test', ${scope.principal.userId}, now())
    on conflict (workspace_id) do update set changes = excluded.changes`.execute(services.owner);
}

describe("the dry run of a deployment", () => {
  it("names the version, what it replaces, and every difference to the live one", async () => {
    const first = await upload("one", { golden: [], limits: { timeoutMs: 1_000 } });
    const plan = await planDeployment(services, scope, { agentId, uploadId: first, activate: true });
    expect(plan).toMatchObject({ version: 1, runtime: "embedded", replaces: null, isAllowed: true, manifest: [] });
    expect(plan.files).toMatchObject({ added: 2, changed: 0, removed: 0, unchanged: 0 });
    const live = await deployed(first);
    const second = await upload("two", { golden: [], limits: { timeoutMs: 2_000 } });
    const next = await planDeployment(services, scope, { agentId, uploadId: second, activate: true });
    expect(next).toMatchObject({ version: 2, replaces: { deploymentId: live, version: 1 }, timeoutMs: 2_000 });
    expect(next.manifest).toEqual([{ path: "limits.timeoutMs", before: "1000", after: "2000" }]);
    expect(next.files).toMatchObject({ added: 0, changed: 2, removed: 0 });
    expect(await planDeployment(services, scope, { agentId, uploadId: second, activate: false })).toMatchObject({
      replaces: null,
    });
  });

  it("tells what the act then does, in every state", async () => {
    const plain = await upload("plain");
    const needy = await upload("needy", needing("API_KEY", "OTHER_KEY"));
    const states: [string, string, () => Promise<unknown>][] = [
      ["fresh agent", plain, async () => undefined],
      ["after a first version", plain, async () => undefined],
      ["two keys missing", needy, async () => undefined],
      ["one key missing", needy, () => set("API_KEY", "a")],
      ["no key missing", needy, () => set("OTHER_KEY", "b")],
      ["a rotated key", needy, () => set("API_KEY", "c")],
      ["a key taken away", needy, () => unsetSecret(services, scope, { agentId, name: "OTHER_KEY" })],
      ["a disabled agent", plain, () => disableAgent(services, scope, agentId)],
      ["enabled again", plain, () => enableAgent(services, scope, agentId)],
    ];
    for (const [state, uploadId, arrange] of states) {
      await arrange();
      const plan = await planDeployment(services, scope, { agentId, uploadId, activate: true });
      let deploymentId = "";
      const met = await outcome(async () => {
        deploymentId = await deployed(uploadId);
      });
      expect(firstOf(plan), state).toBe(met);
      expect(plan.isAllowed, state).toBe(met === null);
      if (met !== null) continue;
      const done = await getDeployment(services, scope, deploymentId);
      expect(done, state).toMatchObject({ version: plan.version, runtime: plan.runtime, status: "active" });
      if (plan.replaces) {
        expect((await getDeployment(services, scope, plan.replaces.deploymentId)).status, state).toBe("superseded");
      }
    }
  });

  it("tells of all that is in the way at once", async () => {
    const needy = await upload("needy", needing("API_KEY"));
    await disableAgent(services, scope, agentId);
    const plan = await planDeployment(services, scope, { agentId, uploadId: needy, activate: true });
    expect(plan.refusals.map((refusal) => refusal.code)).toEqual(["CONFLICT", "INVALID_REQUEST"]);
    expect(plan.missingKeys).toEqual(["API_KEY"]);
  });

  it("names the secrets that would go in, by version and never by value, beside what the live version runs with", async () => {
    await set("API_KEY", "canary-value-1");
    const uploadId = await upload("needy", needing("API_KEY"));
    const live = await deployed(uploadId);
    await services.owner
      .updateTable("deployments")
      .set({ secretVersions: JSON.stringify({ API_KEY: 1 }) })
      .where("id", "=", live)
      .execute();
    await set("API_KEY", "canary-value-2");
    const plan = await planDeployment(services, scope, { agentId, uploadId, activate: true });
    expect(plan.secrets).toEqual([{ name: "API_KEY", version: 2, liveVersion: 1, isRequired: true }]);
    expect(JSON.stringify(plan)).not.toContain("canary");
  });

  it("names the versions that fall out of reach, and those alone are refused afterwards", async () => {
    const uploadId = await upload("same");
    const ids: string[] = [];
    for (let version = 1; version <= 4; version += 1) ids.push(await deployed(uploadId));
    await limitVersions(3);
    const plan = await planDeployment(services, scope, { agentId, uploadId, activate: true });
    expect(plan.outOfReach.map((one) => one.version)).toEqual([1]);
    ids.push(await deployed(uploadId));
    for (const id of ids.slice(0, 4).reverse()) {
      const { isAllowed } = await planActivation(services, scope, id);
      expect(isAllowed, id).toBe(!plan.outOfReach.some((one) => one.deploymentId === id));
    }
  });
});

describe("the dry run of an activation", () => {
  it("tells what the act then does, for every status a version can be in", async () => {
    const uploadId = await upload("same");
    const ready = await deployed(uploadId, false);
    const superseded = await deployed(uploadId);
    const live = await deployed(uploadId);
    const queued = (await createDeployment(services, scope, { agentId, uploadId, activate: true })).deploymentId;
    for (const id of [queued, live, superseded, ready, live]) {
      const plan = await planActivation(services, scope, id);
      const met = await outcome(() => activateDeployment(services, scope, id));
      expect(firstOf(plan), id).toBe(met);
      if (met !== null || !plan.replaces) continue;
      expect((await getDeployment(services, scope, plan.replaces.deploymentId)).status, id).toBe("superseded");
    }
  });

  it("tells a rollback from a promotion, and what is live already from both", async () => {
    const uploadId = await upload("same");
    const older = await deployed(uploadId);
    const live = await deployed(uploadId);
    const newer = await deployed(uploadId, false);
    const directions = await Promise.all(
      [older, live, newer].map(async (id) => (await planActivation(services, scope, id)).direction),
    );
    expect(directions).toEqual(["rollback", "none", "promotion"]);
  });
});

describe("the dry run of an agent's deletion", () => {
  it("counts what goes along", async () => {
    await set("API_KEY", "a");
    const live = await deployed(await upload("needy", needing("API_KEY")));
    expect(await planAgentDeletion(services, scope, agentId)).toEqual({
      agentId,
      name: "bot",
      live: { deploymentId: live, version: 1 },
      versions: 1,
      underWay: 0,
      sessions: 0,
      secrets: ["API_KEY"],
      uselessKeys: [],
      callsLastDay: 0,
    });
  });
});

describe("every dry run", () => {
  it("leaves each row of each table, every blob and every ring as it was", async () => {
    const uploadId = await upload("needy", needing("API_KEY"));
    await set("API_KEY", "a");
    const older = await deployed(uploadId);
    await deployed(uploadId);
    await disableAgent(services, scope, agentId);
    const blobs = () => readdir(join(services.config.dataDir, "blobs"), { recursive: true });
    const before = { rows: await digestRows(services.owner), blobs: await blobs(), rung: services.queue.rung.length };
    await planDeployment(services, scope, { agentId, uploadId, activate: true });
    await planActivation(services, scope, older);
    await planAgentDeletion(services, scope, agentId);
    const after = { rows: await digestRows(services.owner), blobs: await blobs(), rung: services.queue.rung.length };
    expect(after).toEqual(before);
    // The digest is sharp: a lock alone would show.
    await services.owner.transaction().execute((tx) => sql`select 1 from agents where id = ${agentId} for update`.execute(tx));
    expect(await digestRows(services.owner)).not.toEqual(before.rows);
  });

  it("could not write if it wanted to", async () => {
    const writing = readInWorkspace(services.db, scope, (tx) =>
      tx.updateTable("agents").set({ description: "written" }).where("id", "=", agentId).execute(),
    );
    await expect(writing).rejects.toThrow(/read-only transaction/);
  });

  it("of another workspace's things answers as of missing ones", async () => {
    const other = (await createTestTenant(services)).scope;
    const uploadId = await upload("mine");
    const deploymentId = await deployed(uploadId);
    const asked = [
      () => planDeployment(services, other, { agentId, uploadId, activate: true }),
      () => planActivation(services, other, deploymentId),
      () => planAgentDeletion(services, other, agentId),
    ];
    for (const ask of asked) expect(await outcome(ask)).toMatch(/^NOT_FOUND/);
  });
});
