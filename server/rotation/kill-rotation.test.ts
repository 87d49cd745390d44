// Kill -9 in the middle of a rotation: a seeded few here, twenty in soak/rotation.test.ts.
import { afterAll, beforeAll, expect, it } from "vitest";
import { runResealCampaign } from "~/server/testing/reseal-campaign";
import { runKillCampaign } from "~/server/testing/rotation-campaign";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());

it("five workers killed while wrapping lose no value, count no key twice and leave none under the retired key", async () => {
  const report = await runKillCampaign(services, { seed: 6, kills: 5 });
  expect(report).toMatchObject({ kills: 5, dataKeys: 53 });
}, 120_000);

it("five workers killed while replacing a workspace's data key lose no value, and the key before it opens none in the end", async () => {
  const report = await runResealCampaign(services, { seed: 4, kills: 5 });
  expect(report.kills).toBe(5);
  expect(report.generation).toBeGreaterThan(1);
}, 120_000);
