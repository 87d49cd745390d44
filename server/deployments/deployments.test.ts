// Versions count without gaps, one is live, rollback moves the pointer only, and watching ends.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { agentChangedChannel } from "~/server/agents/agent-changes";
import { createAgent } from "~/server/agents/create-agent";
import { disableAgent, enableAgent } from "~/server/agents/disable-agent";
import { getAgent } from "~/server/agents/get-agent";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { AppError } from "~/server/errors";
import { createFakeProvider, type FakeProvider } from "~/server/providers/fake/fake-provider";
import { listenToChannel } from "~/server/queue/listen-to-channel";
import { uploadBundle } from "~/server/testing/bundles";
import { createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { activateDeployment } from "./activate-deployment";
import { cancelDeployment } from "./cancel-deployment";
import { createDeployment } from "./create-deployment";
import { ringWatchers } from "./deployment-doorbell";
import type { DeploymentProgress } from "./deployments.contract";
import { getDeployment } from "./get-deployment";
import { listDeploymentLogs } from "./list-deployment-logs";
import { listDeployments } from "./list-deployments";
import { retryDeployment } from "./retry-deployment";
import { runDeployment } from "./run-deployment";
import { watchDeployment } from "./watch-deployment";

let services: TestServices;
let fake: FakeProvider;
let scope: WorkspaceScope;
let other: WorkspaceScope;
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
  other = (await createTestTenant(services)).scope;
  agentId = (await createAgent(services, scope, { name: "bot", description: "" })).agentId;
  uploadId = (await uploadBundle(services, scope)).uploadId;
});

const create = (activate = true) => createDeployment(services, scope, { agentId, uploadId, activate });
const draining = new AbortController().signal;
const run = (deploymentId: string) => runDeployment(services, { deploymentId, workspaceId: scope.workspaceId }, { draining });
const statusOf = async (deploymentId: string) => (await getDeployment(services, scope, deploymentId)).status;

async function deployed(activate = true): Promise<string> {
  const { deploymentId } = await create(activate);
  await run(deploymentId);
  return deploymentId;
}

describe("versions of an agent", () => {
  it("count up without gaps under concurrent creates, and no more than five are under way", async () => {
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => create()));
    const versions = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.version] : []));
    expect(versions.sort()).toEqual([1, 2, 3, 4, 5]);
    const refusals = results.flatMap((result) =>
      result.status === "rejected" ? [(result.reason as AppError).details.reason] : [],
    );
    expect(new Set(refusals)).toEqual(new Set(["deployments_under_way"]));
    expect((await deployed().catch((error: AppError) => error.code)) as string).toBe("CONFLICT");
  });

  it("of fifty racing creates, and of what comes after them, get numbers without gap or repetition", async () => {
    for (let round = 0; round < 2; round += 1) {
      await Promise.allSettled(Array.from({ length: 50 }, () => create()));
      const { items } = await listDeployments(services, scope, { agentId, limit: 100 });
      const queued = items.filter((item) => item.status === "queued");
      await Promise.all(queued.map((item) => cancelDeployment(services, scope, item.deploymentId)));
      expect(items.map((item) => item.version).sort((one, other) => one - other)).toEqual(
        Array.from({ length: 5 * (round + 1) }, (_, at) => at + 1),
      );
    }
  });

  it("are listed newest first in pages", async () => {
    for (let version = 1; version <= 5; version += 1) await deployed();
    const first = await listDeployments(services, scope, { agentId, limit: 3 });
    const second = await listDeployments(services, scope, { agentId, limit: 3, cursor: first.nextCursor ?? "" });
    expect([...first.items, ...second.items].map((item) => item.version)).toEqual([5, 4, 3, 2, 1]);
    expect(second.nextCursor).toBeNull();
  });

  it("of another workspace look missing to every verb", async () => {
    const id = await deployed();
    const { deploymentId: queued } = await create();
    const foreign = [
      () => getDeployment(services, other, id),
      () => listDeployments(services, other, { agentId, limit: 5 }),
      () => listDeploymentLogs(services, other, { deploymentId: id, limit: 5 }),
      () => activateDeployment(services, other, id),
      () => cancelDeployment(services, other, queued),
      () => retryDeployment(services, other, id),
      () => createDeployment(services, other, { agentId, uploadId, activate: true }),
      () => watchDeployment(services, other, id, draining).next(),
    ];
    for (const attempt of foreign) await expect(attempt()).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await statusOf(queued)).toBe("queued");
  });

  it("need an upload of the same workspace and an enabled agent", async () => {
    const theirs = await uploadBundle(services, other);
    await expect(createDeployment(services, scope, { agentId, uploadId: theirs.uploadId, activate: true })).rejects.toMatchObject(
      {
        code: "NOT_FOUND",
      },
    );
    await disableAgent(services, scope, agentId);
    await expect(create()).rejects.toMatchObject({ code: "CONFLICT" });
    await enableAgent(services, scope, agentId);
    expect((await create()).version).toBe(1);
  });

  it("that failed can be tried again as a new version, others not", async () => {
    const bad = await uploadBundle(services, scope, "export default 42");
    const { deploymentId } = await createDeployment(services, scope, { agentId, uploadId: bad.uploadId, activate: false });
    await expect(retryDeployment(services, scope, deploymentId)).rejects.toMatchObject({ code: "CONFLICT" });
    await run(deploymentId);
    const again = await retryDeployment(services, scope, deploymentId);
    expect(again).toMatchObject({ version: 2, activates: false, status: "queued" });
  });
});

describe("the live version", () => {
  it("is one under racing activations", async () => {
    const ids = [await deployed(), await deployed(), await deployed(false), await deployed(false)];
    await Promise.allSettled([...ids, ...ids].map((id) => activateDeployment(services, scope, id)));
    const statuses = await Promise.all(ids.map(statusOf));
    expect(statuses.filter((status) => status === "active")).toHaveLength(1);
    const live = ids[statuses.indexOf("active")];
    expect((await getAgent(services, scope, agentId)).activeDeploymentId).toBe(live);
  });

  it("moves back without being built again, is audited, and every cache is told", async () => {
    const heard: string[] = [];
    // Channels, unlike keys, are one for all test files that run at this moment.
    const stop = await listenToChannel(services.redis, agentChangedChannel, (message) => {
      if (message === agentId) heard.push(message);
    });
    const [first, second] = [await deployed(), await deployed()];
    fake.build = () => Promise.reject(new Error("a rollback must not build"));
    const item = await activateDeployment(services, scope, first);
    expect(item.status).toBe("active");
    expect(await statusOf(second)).toBe("superseded");
    expect((await getAgent(services, scope, agentId)).activeVersion).toBe(1);
    const [entry] = await services.owner
      .selectFrom("auditEntries")
      .select(["metadata", "actorKind"])
      .where("action", "=", "deployment.activate")
      .orderBy("seq", "desc")
      .limit(1)
      .execute();
    expect(entry).toMatchObject({ actorKind: "user", metadata: { version: 1, from: second } });
    await expect.poll(() => heard).toEqual([agentId, agentId, agentId]);
    stop();
  });

  it("is one by PostgreSQL's own word, whatever code says", async () => {
    const [, second] = [await deployed(), await deployed(false)];
    const force = services.owner
      .updateTable("deployments")
      .set({ status: "active" })
      .where("id", "=", second ?? "");
    await expect(force.execute()).rejects.toMatchObject({ constraint: "deployments_one_active" });
  });

  it("is placed again when its runtime lost it", async () => {
    const [first] = [await deployed(), await deployed()];
    await fake.destroy({ deploymentId: first ?? "", agentId, workspaceId: scope.workspaceId });
    await activateDeployment(services, scope, first ?? "");
    expect(fake.placed.has(first ?? "")).toBe(true);
  });

  it("stays when the stored module of the wished one was altered or lost", async () => {
    const [first, second] = [await deployed(), await deployed()];
    const key = `${scope.workspaceId}/modules/${first}.mjs`;
    await services.blobs.putBytes(key, Buffer.from("export default () => 'evil'"));
    await expect(activateDeployment(services, scope, first)).rejects.toMatchObject({ details: { reason: "module_altered" } });
    await rm(join(services.directory, "blobs", key));
    await expect(activateDeployment(services, scope, first)).rejects.toMatchObject({ details: { reason: "module_missing" } });
    expect(await statusOf(second)).toBe("active");
    const audited = await services.owner
      .selectFrom("auditEntries")
      .select("id")
      .where("action", "=", "deployment.integrity_failure")
      .execute();
    expect(audited).toHaveLength(2);
  });

  it("stays when one byte of the stored bundle of the wished one was changed", async () => {
    const [first, second] = [await deployed(), await deployed()];
    const { bundleBlobKey: key } = await services.owner
      .selectFrom("deployments")
      .select("bundleBlobKey")
      .where("id", "=", first ?? "")
      .executeTakeFirstOrThrow();
    const bytes = await services.blobs.read(key);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    await services.blobs.putBytes(key, bytes);
    await expect(activateDeployment(services, scope, first ?? "")).rejects.toMatchObject({
      details: { reason: "bundle_altered" },
    });
    expect(await statusOf(second ?? "")).toBe("active");
    expect(fake.placed.has(second ?? "")).toBe(true);
    const audited = services.owner
      .selectFrom("auditEntries")
      .select("targetId")
      .where("action", "=", "deployment.integrity_failure");
    expect(await audited.execute()).toEqual([{ targetId: first }]);
  });

  it("can only be one that passed its probe", async () => {
    const { deploymentId } = await create();
    await expect(activateDeployment(services, scope, deploymentId)).rejects.toMatchObject({ code: "CONFLICT" });
  });
});

describe("watching a deployment", () => {
  async function collect(
    deploymentId: string,
    signal: AbortSignal,
    onPicture: (picture: DeploymentProgress) => Promise<unknown>,
  ) {
    const pictures: DeploymentProgress[] = [];
    for await (const picture of watchDeployment(services, scope, deploymentId, signal)) {
      pictures.push(picture);
      await onPicture(picture);
    }
    return pictures;
  }

  it("shows every move and each log line once, and ends with the deployment", async () => {
    const { deploymentId } = await create();
    let running: Promise<void> | null = null;
    const pictures = await collect(deploymentId, new AbortController().signal, async () => {
      running ??= run(deploymentId);
    });
    await running;
    expect(pictures[0]?.deployment.status).toBe("queued");
    expect(pictures.at(-1)?.deployment.status).toBe("active");
    const lines = pictures.flatMap((picture) => picture.newLogs.map((line) => line.seq));
    const all = await listDeploymentLogs(services, scope, { deploymentId, limit: 100 });
    expect(lines).toEqual(all.items.map((line) => line.seq));
  });

  it("ends when nobody listens any more", async () => {
    const { deploymentId } = await create();
    const leaving = new AbortController();
    const pictures = await collect(deploymentId, leaving.signal, async () => leaving.abort());
    expect(pictures).toHaveLength(1);
  });

  it("notices a move whose bell was lost", async () => {
    const { deploymentId } = await create();
    const deaf = { ...services, redis: services.redis.duplicate({ db: 15 }) };
    const stream = watchDeployment({ ...services, redis: deaf.redis }, scope, deploymentId, draining);
    await stream.next();
    await cancelDeployment(deaf, scope, deploymentId);
    await ringWatchers(deaf, "dep_somebody_else");
    const next = await stream.next();
    expect(next.value?.deployment.status).toBe("cancelled");
    deaf.redis.disconnect();
  });
});
