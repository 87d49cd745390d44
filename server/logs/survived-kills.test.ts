// Lines of agents survive the death of the house and of their host: a sample of soak/logs.test.ts.
import { afterAll, beforeAll, expect, it } from "vitest";
import { runLogCampaign } from "~/server/testing/log-campaign";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());

it("keeps every acknowledged line once and in its order through kills of web and of the host", { timeout: 120_000 }, async () => {
  const { webKills, hostKills, acknowledged, stored } = await runLogCampaign(services, { seed: 8, kills: 4 });
  expect([webKills, hostKills]).toEqual([2, 2]);
  expect(stored).toBeGreaterThanOrEqual(acknowledged);
});
