// A budget shared by three processes: exact while they race, never passed when they are killed, and even in the end (MISSION E3).
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { runBudgetCampaign } from "~/server/testing/budget-campaign";
import { callAgent } from "~/server/testing/call-agent";
import { createTestTenant } from "~/server/testing/factories";
import { openFleet } from "~/server/testing/gateway-fleet";
import { createLiveAgent } from "~/server/testing/live-agent";
import { overrideLimits } from "~/server/testing/override-limits";
import { readBudget } from "~/server/testing/read-budget";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices({ now: new Date() });
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

it("lets exactly 10 of 200 calls through that race on three gateways", { timeout: 240_000 }, async () => {
  const fleet = await openFleet(services);
  try {
    const tenant = await createTestTenant(services);
    await overrideLimits(services, tenant.workspace, { requestsMax: 10, concurrencyMax: 1_000 });
    const agent = await createLiveAgent(services, tenant, null);
    const gateways = await Promise.all([fleet.start(), fleet.start(), fleet.start()]);
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async (_, place) => {
        const answer = await callAgent(gateways[place % 3]?.url ?? "", agent);
        await answer.text();
        return answer.status;
      }),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.filter((status) => status === 402)).toHaveLength(190);
    expect(fleet.reached()).toBe(10);
    await Promise.all(gateways.map((gateway) => gateway.drain()));
    const { spent, recounted, held } = await readBudget(services, agent.workspaceId);
    expect([spent.requests, held.requests, spent]).toEqual([10, 0, recounted]);
  } finally {
    await fleet.close();
  }
});

it("is never passed by gateways that are killed, and charges each call of theirs once", async () => {
  const { recovered } = await runBudgetCampaign(services, { seed: 7, kills: 2, cap: 200 });
  expect(recovered).toBeGreaterThan(0);
}, 180_000);
