// A deployment reaches its end exactly once, whatever happens to its workers.
import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { incomingDirectory } from "~/server/bundles/incoming-directory";
import { AppError } from "~/server/errors";
import type { Provider } from "~/server/providers/provider";
import { type DeployRig, killPoints, openDeployRig } from "~/server/testing/deploy-rig";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { leaseMs } from "./claim-deployment";
import { sweepDeployments } from "./sweep-deployments";

let services: TestServices;
let rig: DeployRig;

beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  rig = await openDeployRig(services);
});

describe("a deployment", () => {
  it("goes through every stage, goes live and is audited", async () => {
    const id = await rig.deploy();
    await rig.run(id);
    const detail = await rig.detailOf(id);
    expect(detail).toMatchObject({ status: "active", stage: "active", version: 1, failureCode: null });
    expect(detail.steps.map((step) => `${step.stage} ${step.outcome}`).sort()).toEqual([
      "active done",
      "built done",
      "checked done",
      "placed done",
      "probed done",
      "received done",
    ]);
    expect(await rig.liveDeploymentId()).toBe(id);
    const actions = await services.owner.selectFrom("auditEntries").select("action").orderBy("seq").execute();
    expect(actions.map((entry) => entry.action)).toEqual(
      expect.arrayContaining(["agent.create", "upload.create", "deployment.create", "deployment.activate"]),
    );
    expect(await readdir(incomingDirectory(services.config))).toEqual([]);
  });

  it("that does not activate stays ready and leaves the live one alone", async () => {
    const first = await rig.deploy();
    await rig.run(first);
    const second = await rig.deploy(undefined, undefined, false);
    await rig.run(second);
    expect(await rig.detailOf(second)).toMatchObject({ status: "ready", stage: "probed" });
    expect(await rig.liveDeploymentId()).toBe(first);
  });

  it("supersedes the one before it", async () => {
    const [first, second] = [await rig.deploy(), await rig.deploy()];
    await rig.run(first);
    await rig.run(second);
    expect((await rig.detailOf(first)).status).toBe("superseded");
    expect((await rig.detailOf(second)).status).toBe("active");
  });

  it("never pushes out a newer one that was faster", async () => {
    const [first, second] = [await rig.deploy(), await rig.deploy()];
    await rig.run(second);
    await rig.run(first);
    expect((await rig.detailOf(first)).status).toBe("ready");
    expect((await rig.detailOf(first)).logs.at(-1)?.line).toMatch(/Version 2 went live meanwhile/);
    expect(await rig.liveDeploymentId()).toBe(second);
  });

  it("run beside others of the same agent ends with the newest one live, and only that one", async () => {
    const ids = [await rig.deploy(), await rig.deploy(), await rig.deploy(), await rig.deploy()];
    await Promise.all(ids.map((id) => rig.run(id)));
    const statuses = await Promise.all(ids.map(async (id) => (await rig.detailOf(id)).status));
    expect(statuses.filter((status) => status === "active")).toHaveLength(1);
    expect(await rig.liveDeploymentId()).toBe(ids.at(-1));
  });

  it("delivered twice at once runs once", async () => {
    let builds = 0;
    const build: Provider["build"] = (source, options) => {
      builds += 1;
      return rig.fake.build(source, options);
    };
    rig.tamper({ build });
    const id = await rig.deploy();
    await Promise.all([rig.run(id), rig.run(id), rig.run(id)]);
    await rig.run(id);
    expect(builds).toBe(1);
    expect((await rig.detailOf(id)).status).toBe("active");
  });

  it.each(killPoints)("survives a worker killed in %s", async (method) => {
    const id = await rig.deploy();
    await rig.abandonIn(id, method);
    expect((await rig.detailOf(id)).status).toBe("running");
    await rig.run(id);
    expect((await rig.detailOf(id)).status, "the lease still holds").toBe("running");
    services.clock.advance(leaseMs + 1);
    services.queue.rung.length = 0;
    await sweepDeployments(services);
    expect(services.queue.rung.map((ring) => ring.key)).toEqual([id]);
    await rig.run(id);
    const detail = await rig.detailOf(id);
    expect(detail.status).toBe("active");
    expect(detail.steps.every((step) => step.outcome === "done")).toBe(true);
    expect(rig.fake.placed.size).toBe(1);
  });

  it("whose ring was lost is found by the sweep", async () => {
    const id = await rig.deploy();
    services.queue.rung.length = 0;
    await sweepDeployments(services);
    expect(services.queue.rung, "its own ring may still be on its way").toEqual([]);
    services.clock.advance(6_000);
    await sweepDeployments(services);
    expect(services.queue.rung.map((ring) => ring.key)).toEqual([id]);
  });

  it("is given up when it keeps killing its workers", async () => {
    const id = await rig.deploy();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await rig.abandonIn(id, "build");
      services.clock.advance(leaseMs + 1);
    }
    await rig.run(id);
    expect(await rig.detailOf(id)).toMatchObject({ status: "failed", failureCode: "worker_lost" });
  });

  it("is handed over when its worker drains, without counting against it", async () => {
    const id = await rig.deploy();
    const draining = new AbortController();
    const build = () => {
      draining.abort();
      return new Promise<never>(() => {});
    };
    rig.tamper({ build });
    await expect(rig.run(id, { draining: draining.signal })).rejects.toThrow("draining");
    rig.tamper();
    await rig.run(id);
    expect((await rig.detailOf(id)).status).toBe("active");
    const row = await services.owner.selectFrom("deployments").select("attempts").where("id", "=", id).executeTakeFirstOrThrow();
    expect(row.attempts).toBe(1);
  });

  it("is tried again while the agent host is away, and says so when it stays away", async () => {
    const away = new AppError("RUNTIME_ERROR", "away", { retryable: true, details: { reason: "host_unreachable" } });
    rig.tamper({ deploy: () => Promise.reject(away) });
    const id = await rig.deploy();
    for (let attempt = 1; attempt < 5; attempt += 1) await expect(rig.run(id)).rejects.toBe(away);
    services.clock.advance(2 * 60_000);
    await rig.run(id);
    expect(await rig.detailOf(id)).toMatchObject({ status: "failed", failureCode: "host_unreachable" });
  });

  it("goes live after an outage of two minutes, however often it was tried meanwhile", async () => {
    const away = new AppError("RUNTIME_ERROR", "away", { retryable: true, details: { reason: "house_unreachable" } });
    rig.tamper({ deploy: () => Promise.reject(away) });
    const id = await rig.deploy();
    for (let attempt = 1; attempt < 24; attempt += 1) {
      await expect(rig.run(id)).rejects.toBe(away);
      services.clock.advance(5_000);
    }
    rig.tamper();
    await rig.run(id);
    expect((await rig.detailOf(id)).status).toBe("active");
  });

  it("that is overdue is failed by the sweep, and its worker stops", async () => {
    const id = await rig.deploy();
    await rig.abandonIn(id, "build");
    services.clock.advance(21 * 60_000);
    await sweepDeployments(services);
    expect(await rig.detailOf(id)).toMatchObject({ status: "failed", failureCode: "overdue" });
    await rig.run(id);
    expect((await rig.detailOf(id)).status).toBe("failed");
  });
});
