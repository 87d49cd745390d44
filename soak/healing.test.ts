// A thousand lives of deployments, forty deeds and faults each: every one converges within a minute to what people asked for.
import { afterAll, beforeAll, expect, it } from "vitest";
import { runHealingCampaign } from "~/server/testing/healing-campaign";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());

for (let seed = 1; seed <= 10; seed += 1) {
  it(`seed ${seed}: of a hundred lives none ends with a lost deploy, two live versions, an orphan or a stuck row`, async () => {
    const { lives } = await runHealingCampaign(services, { seed, lives: 100, deedsMax: 60 });
    expect(lives).toBe(100);
  });
}
