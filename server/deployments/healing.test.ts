// Whatever befalls workers, web processes, queue, clock and runtime: within a minute all is as people asked (MISSION C4).
import { afterAll, beforeAll, expect, it } from "vitest";
import { runHealingCampaign } from "~/server/testing/healing-campaign";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());

it("no deploy is lost or stuck, one version is live, and runtimes hold what they should and nothing else", async () => {
  const { lives, versions } = await runHealingCampaign(services, { seed: 20261122, lives: 6, deedsMax: 40 });
  expect([lives, versions > 0]).toEqual([6, true]);
}, 120_000);
