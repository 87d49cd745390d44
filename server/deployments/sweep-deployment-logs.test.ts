// Lines of deployment logs live as long as their workspace's plan says, and not a day longer.
import { afterAll, beforeAll, expect, it } from "vitest";
import { tiers } from "~/db/tables/workspaces";
import { createTestAgent, createTestDeployment, createTestTenant } from "~/server/testing/factories";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { sweepDeploymentLogs } from "./sweep-deployment-logs";

const dayMs = 86_400_000;

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());

it("keeps each plan's lines for its days: 30, 90, 180, 395", async () => {
  const now = services.clock.now().getTime();
  for (const tier of tiers) {
    const { workspace, user } = await createTestTenant(services);
    await services.owner.updateTable("workspaces").set({ tier }).where("id", "=", workspace.id).execute();
    const agent = await createTestAgent(services, workspace);
    const { id: deploymentId } = await createTestDeployment(services, { ...agent, owner: user });
    const lines = [29, 31, 89, 91, 179, 181, 394, 396].map((days) => ({
      workspaceId: workspace.id,
      deploymentId,
      stage: "built" as const,
      level: "info" as const,
      line: `${tier} ${days}`,
      createdAt: new Date(now - days * dayMs),
    }));
    await services.owner.insertInto("deploymentLogs").values(lines).execute();
  }
  const deleted = await Promise.all([sweepDeploymentLogs(services), sweepDeploymentLogs(services)]);
  expect(deleted[0] + deleted[1]).toBe(7 + 5 + 3 + 1);
  const left = await services.owner.selectFrom("deploymentLogs").select("line").orderBy("seq").execute();
  const daysOf = (tier: string) => left.flatMap(({ line }) => (line.startsWith(`${tier} `) ? [Number(line.split(" ")[1])] : []));
  expect(tiers.map((tier) => Math.max(...daysOf(tier)))).toEqual([29, 89, 179, 394]);
  expect(await sweepDeploymentLogs(services)).toBe(0);
});
