// A cancel wins exactly once, in any stage, and takes away what was placed.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AppError } from "~/server/errors";
import { type DeployRig, killPoints, openDeployRig } from "~/server/testing/deploy-rig";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { cancelDeployment } from "./cancel-deployment";
import { leaseMs } from "./claim-deployment";

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

describe("a cancel", () => {
  it("of a queued deployment wins at once; of ten racing ones exactly one", async () => {
    const id = await rig.deploy();
    const racers = await Promise.allSettled(Array.from({ length: 10 }, () => cancelDeployment(services, rig.scope, id)));
    expect(racers.filter((racer) => racer.status === "fulfilled")).toHaveLength(1);
    const losers = racers.filter((racer) => racer.status === "rejected").map((racer) => (racer.reason as AppError).code);
    expect(new Set(losers)).toEqual(new Set(["CONFLICT"]));
    await rig.run(id);
    expect((await rig.detailOf(id)).status).toBe("cancelled");
    const audited = await services.owner
      .selectFrom("auditEntries")
      .select("id")
      .where("action", "=", "deployment.cancel")
      .execute();
    expect(audited).toHaveLength(1);
  });

  it.each(killPoints)("during %s ends the run and takes the placement away", async (method) => {
    const inside = rig.hangIn(method);
    const id = await rig.deploy();
    const running = rig.run(id);
    await inside;
    await cancelDeployment(services, rig.scope, id);
    await running;
    const detail = await rig.detailOf(id);
    expect(detail.status).toBe("cancelled");
    expect(detail.steps.map((step) => step.outcome)).toContain("cancelled");
    expect(rig.fake.placed.size).toBe(0);
    expect(await rig.liveDeploymentId()).toBeNull();
  });

  it("while the stored bundle is read ends the run before anything is built", async () => {
    const id = await rig.deploy();
    const { read } = services.blobs;
    services.blobs.read = async (key) => {
      await cancelDeployment(services, rig.scope, id);
      return read(key);
    };
    await rig.run(id).finally(() => {
      services.blobs.read = read;
    });
    const detail = await rig.detailOf(id);
    expect(detail).toMatchObject({ status: "cancelled", stage: "checked" });
    expect(detail.steps.map((step) => step.stage)).not.toContain("built");
  });

  it("in the last moment before a version goes live is heard", async () => {
    const id = await rig.deploy();
    rig.tamper({
      invoke: async (...call) => {
        await cancelDeployment(services, rig.scope, id);
        return rig.fake.invoke(...call);
      },
    });
    await rig.run(id);
    expect((await rig.detailOf(id)).status).toBe("cancelled");
    expect(await rig.liveDeploymentId()).toBeNull();
  });

  it("whose worker was killed is carried out by the next one", async () => {
    const id = await rig.deploy();
    await rig.abandonIn(id, "invoke");
    await cancelDeployment(services, rig.scope, id);
    services.clock.advance(leaseMs + 1);
    await rig.run(id);
    expect((await rig.detailOf(id)).status).toBe("cancelled");
    expect(rig.fake.placed.size).toBe(0);
  });

  it("of a finished deployment is refused", async () => {
    const id = await rig.deploy();
    await rig.run(id);
    await expect(cancelDeployment(services, rig.scope, id)).rejects.toMatchObject({ code: "CONFLICT" });
  });
});
