// A hundred kills of gateways under load: the cap is never passed, and every call that reached a runtime is charged once.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { runBudgetCampaign } from "~/server/testing/budget-campaign";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices({ now: new Date() });
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

for (let seed = 1; seed <= 10; seed += 1) {
  it(`seed ${seed}: ten kills of one of three gateways`, async () => {
    const { recovered } = await runBudgetCampaign(services, { seed, kills: 10, cap: 500 });
    expect(recovered).toBeGreaterThan(0);
  });
}
