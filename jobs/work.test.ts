// The worker over a real Redis: rings are answered, sweeps come back after a flush, and draining hands work over.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAgent } from "~/server/agents/create-agent";
import type { WorkspaceScope } from "~/server/auth/scope";
import { cancelDeployment } from "~/server/deployments/cancel-deployment";
import { createDeployment } from "~/server/deployments/create-deployment";
import { getDeployment } from "~/server/deployments/get-deployment";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { uploadBundle } from "~/server/testing/bundles";
import { createTestTenant } from "~/server/testing/factories";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { startWorkers, type Workers } from "./work";

let services: TestServices;
let fake: FakeProvider;
let scope: WorkspaceScope;
let agentId: string;
let workers: Workers;

beforeEach(async () => {
  fake = createFakeProvider();
  services = await createTestServices({ queue: "bullmq", providers: createProviderRegistry([fake]) });
  scope = (await createTestTenant(services)).scope;
  agentId = (await createAgent(services, scope, { name: "bot", description: "" })).agentId;
  workers = await startWorkers(services);
});
afterEach(async () => {
  await workers.drain();
  await services.dispose();
});

async function deploy(): Promise<string> {
  const { uploadId } = await uploadBundle(services, scope);
  return (await createDeployment(services, scope, { agentId, uploadId, activate: true })).deploymentId;
}

const reaches = (deploymentId: string, status: string) =>
  expect.poll(async () => (await getDeployment(services, scope, deploymentId)).status, { timeout: 30_000 }).toBe(status);

describe("the worker", () => {
  it("deploys what was asked for", async () => {
    await reaches(await deploy(), "active");
  });

  it("deploys it as well when Redis was flushed between the row and the ring", async () => {
    const { uploadId } = await uploadBundle(services, scope);
    const silent = { ...services, queue: { ring: async () => {}, close: async () => {} } };
    const { deploymentId } = await createDeployment(silent, scope, { agentId, uploadId, activate: true });
    await services.redis.flushdb();
    services.clock.advance(6_000);
    await workers.drain();
    workers = await startWorkers(services);
    await reaches(deploymentId, "active");
  });

  it("hands a deployment over when it drains", async () => {
    const activate = fake.activate;
    let reached: () => void = () => {};
    const inside = new Promise<void>((resolve) => {
      reached = resolve;
    });
    fake.activate = () => {
      reached();
      return new Promise(() => {});
    };
    const id = await deploy();
    await inside;
    await workers.drain();
    fake.activate = activate;
    workers = await startWorkers(services);
    await reaches(id, "active");
  });

  it("carries out a cancel while it works", async () => {
    fake.activate = () => new Promise(() => {});
    const id = await deploy();
    await reaches(id, "running");
    await cancelDeployment(services, scope, id);
    await reaches(id, "cancelled");
  });
});
