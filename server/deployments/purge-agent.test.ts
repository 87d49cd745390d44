// A deleted agent leaves nothing on its runtimes, in storage or in the database, and is not forgotten while a runtime is down (MISSION C1).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { purgeAgentJob } from "~/server/agents/agents.jobs";
import { createAgent } from "~/server/agents/create-agent";
import { deleteAgent } from "~/server/agents/delete-agent";
import { getAgent } from "~/server/agents/get-agent";
import type { WorkspaceScope } from "~/server/auth/scope";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { uploadBundle } from "~/server/testing/bundles";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { activateDeployment } from "./activate-deployment";
import { createDeployment } from "./create-deployment";
import { getDeployment } from "./get-deployment";
import { purgeAgent } from "./purge-agent";
import { runDeployment } from "./run-deployment";
import { sweepDeployments } from "./sweep-deployments";

let services: TestServices;
let fake: FakeProvider;
let scope: WorkspaceScope;
let agentId: string;
let uploadId: string;

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
  uploadId = (await uploadBundle(services, scope)).uploadId;
});

const create = () => createDeployment(services, scope, { agentId, uploadId, activate: true });
const draining = new AbortController().signal;
const run = (deploymentId: string) => runDeployment(services, { deploymentId, workspaceId: scope.workspaceId }, { draining });

async function deployed(): Promise<string> {
  const { deploymentId } = await create();
  await run(deploymentId);
  return deploymentId;
}

describe("a deleted agent", () => {
  it("disappears at once, and its versions, blobs and unshared uploads with the purge", async () => {
    const id = await deployed();
    const { deploymentId: queued } = await create();
    await deleteAgent(services, scope, agentId);
    await expect(getAgent(services, scope, agentId)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(getDeployment(services, scope, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await run(queued);
    await purgeAgent(services, { agentId, workspaceId: scope.workspaceId });
    expect(fake.placed.size, "at once").toBe(0);
    services.clock.advance(60_000);
    await purgeAgent(services, { agentId, workspaceId: scope.workspaceId });
    await purgeAgent(services, { agentId, workspaceId: scope.workspaceId });
    for (const table of ["agents", "deployments", "deploymentSteps", "deploymentLogs", "uploads"] as const) {
      expect(await services.owner.selectFrom(table).selectAll().execute(), table).toEqual([]);
    }
    await expect(services.blobs.read(`${scope.workspaceId}/uploads/${uploadId}.zip`)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(services.blobs.read(`${scope.workspaceId}/modules/${id}.mjs`)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("whose runtime does not answer is purged later, not forgotten", async () => {
    await deployed();
    await deleteAgent(services, scope, agentId);
    const destroy = fake.destroy;
    fake.destroy = () => Promise.reject(new Error("away"));
    await expect(purgeAgent(services, { agentId, workspaceId: scope.workspaceId })).rejects.toMatchObject({ retryable: true });
    fake.destroy = destroy;
    services.clock.advance(60_000);
    await purgeAgent(services, { agentId, workspaceId: scope.workspaceId });
    expect(await services.owner.selectFrom("agents").select("id").execute()).toEqual([]);
  });

  it("is purged by many rings at once as by one, and by the sweep's when its own was lost", async () => {
    await deployed();
    await deleteAgent(services, scope, agentId);
    services.queue.rung.splice(0);
    await sweepDeployments(services);
    expect(services.queue.rung.map((ring) => ring.name)).toEqual([purgeAgentJob.name]);
    services.clock.advance(60_000);
    const purge = () => purgeAgent(services, { agentId, workspaceId: scope.workspaceId });
    await Promise.all([purge(), purge(), purge()]);
    expect(await services.owner.selectFrom("agents").select("id").execute()).toEqual([]);
    const audited = services.owner.selectFrom("auditEntries").select("id").where("action", "=", "agent.purge");
    expect(await audited.execute()).toHaveLength(1);
  });

  it("is not placed again by an activation that began before it", async () => {
    const [first] = [await deployed(), await deployed()];
    const activate = fake.activate;
    fake.activate = async (...given) => {
      await deleteAgent(services, scope, agentId);
      const placement = fake.placed.get(first);
      await purgeAgent(services, { agentId, workspaceId: scope.workspaceId });
      if (placement) await fake.deploy(placement, given[1]);
      return activate(...given);
    };
    await expect(activateDeployment(services, scope, first)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(fake.placed.size).toBe(0);
  });

  it("keeps an upload that another agent uses", async () => {
    await deployed();
    const second = await createAgent(services, scope, { name: "second", description: "" });
    await createDeployment(services, scope, { agentId: second.agentId, uploadId, activate: true });
    await deleteAgent(services, scope, agentId);
    services.clock.advance(60_000);
    await purgeAgent(services, { agentId, workspaceId: scope.workspaceId });
    expect(await services.owner.selectFrom("uploads").select("id").execute()).toEqual([{ id: uploadId }]);
  });
});
