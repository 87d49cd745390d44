// A disabled workspace, or a disabled person, holds deployments back: nothing fails, nothing is lost, and enabling lets them go on.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deleteAgent } from "~/server/agents/delete-agent";
import { openAccessOf } from "~/server/incidents/open-access";
import { type DeployRig, openDeployRig } from "~/server/testing/deploy-rig";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { purgeAgent } from "./purge-agent";
import { stopAgents } from "./stop-agents";
import { sweepDeployments } from "./sweep-deployments";

let services: TestServices;
let rig: DeployRig;

beforeAll(async () => {
  services = await createTestServices();
});
beforeEach(async () => {
  await services.reset();
  rig = await openDeployRig(services);
});
afterAll(() => services.dispose());

type Held = "workspaces" | "users";

async function setDisabled(table: Held, disabledAt: Date | null): Promise<void> {
  const id = table === "workspaces" ? rig.scope.workspaceId : rig.scope.principal.userId;
  await services.owner.updateTable(table).set({ disabledAt }).where("id", "=", id).execute();
}

const disable = (table: Held) => setDisabled(table, services.clock.now());
const enable = (table: Held) => setDisabled(table, null);

for (const table of ["workspaces", "users"] as const) {
  describe(`with ${table} disabled`, () => {
    it("a queued deployment waits, and goes live after enabling", async () => {
      const id = await rig.deploy();
      await disable(table);
      await rig.run(id);
      expect((await rig.detailOf(id)).status).toBe("queued");
      await enable(table);
      await rig.run(id);
      expect((await rig.detailOf(id)).status).toBe("active");
    });

    it("a running one is interrupted, goes back to the queue, and ends live after enabling", async () => {
      const id = await rig.deploy();
      const inside = rig.hangIn("activate");
      const run = rig.run(id);
      await inside;
      await disable(table);
      await openAccessOf(services).look();
      await run;
      const paused = await rig.detailOf(id);
      expect(paused.status).toBe("queued");
      expect(paused.steps.map(({ outcome }) => outcome)).not.toContain("running");
      expect(paused.logs.at(-1)?.line).toMatch(/^Paused: /);
      rig.tamper();
      await enable(table);
      await rig.run(id);
      expect((await rig.detailOf(id)).status).toBe("active");
    });

    it("the sweep rings for nothing that is held back, and fails nothing as overdue", async () => {
      const id = await rig.deploy();
      await rig.abandonIn(id, "build");
      await disable(table);
      services.queue.rung.length = 0;
      services.clock.advance(30 * 60_000);
      await sweepDeployments(services);
      expect(services.queue.rung).toEqual([]);
      expect((await rig.detailOf(id)).status).toBe("queued");
      await enable(table);
      await sweepDeployments(services);
      expect(services.queue.rung.map(({ key }) => key)).toEqual([id]);
      await rig.run(id);
      expect((await rig.detailOf(id)).status).toBe("active");
    });
  });
}

describe("a purge", () => {
  it("waits while its workspace is disabled", async () => {
    const agent = { agentId: rig.agentId, workspaceId: rig.scope.workspaceId };
    await deleteAgent(services, rig.scope, rig.agentId);
    await disable("workspaces");
    await purgeAgent(services, agent);
    const left = () => services.owner.selectFrom("agents").select("id").where("id", "=", rig.agentId).execute();
    expect(await left()).toHaveLength(1);
    await enable("workspaces");
    await purgeAgent(services, agent);
    expect(await left()).toEqual([]);
  });
});

describe("stopping the agents of a workspace", () => {
  it("reaches every version that may run, and says how many it did not reach", async () => {
    const stopped: string[] = [];
    const first = await rig.deploy();
    await rig.run(first);
    const second = await rig.deploy();
    await rig.run(second);
    rig.tamper({
      stop: async ({ deploymentId }) => {
        if (deploymentId === first) throw new Error("away");
        stopped.push(deploymentId);
      },
    });
    services.log.level = "silent";
    expect(await stopAgents(services, rig.scope.workspaceId)).toBe(1);
    expect(stopped).toEqual([second]);
  });
});
