// Kill -9 of a rotation's worker at twenty random points, over ten seeds: every value opens, none is under a retired key.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { runResealCampaign } from "~/server/testing/reseal-campaign";
import { runKillCampaign } from "~/server/testing/rotation-campaign";
import { createTestServices, type TestServices } from "~/server/testing/test-services";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

for (let seed = 1; seed <= 10; seed += 1) {
  it(`seed ${seed}: twenty killed workers lose nothing`, async () => {
    const { kills, killsByPoint } = await runKillCampaign(services, { seed, kills: 20 });
    expect([kills, Object.values(killsByPoint).reduce((sum, count) => sum + count, 0)]).toEqual([20, 20]);
  });

  it(`seed ${seed}: twenty workers killed while replacing a workspace's data key lose nothing`, async () => {
    const { kills, generation } = await runResealCampaign(services, { seed, kills: 20 });
    expect([kills, generation > 1]).toEqual([20, true]);
  });
}
