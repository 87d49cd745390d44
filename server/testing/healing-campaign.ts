// Lives of deployments under all kinds of faults; each must converge within a minute to what the reference says.
import fc from "fast-check";
import { healingCommands } from "./healing-deeds";
import { openHealingWorld } from "./healing-world";
import type { TestServices } from "./test-services";

export type HealingReport = { lives: number; versions: number };

/** Throws with seed and path of the first life that broke a law, and with everything that was done in it. */
export async function runHealingCampaign(
  services: TestServices,
  campaign: { seed: number; lives: number; deedsMax: number; path?: string },
): Promise<HealingReport> {
  const report: HealingReport = { lives: 0, versions: 0 };
  const commands = fc.commands(healingCommands(), { maxCommands: campaign.deedsMax, size: "max" });
  const lives = fc.asyncProperty(commands, async (deeds) => {
    const world = await openHealingWorld(services);
    await fc.asyncModelRun(() => ({ model: { world }, real: null }), deeds);
    await world.converge();
    report.lives += 1;
    report.versions += world.ledger.versions.size;
  });
  const { seed, path } = campaign;
  await fc.assert(lives, {
    seed,
    numRuns: campaign.lives,
    endOnFailure: true,
    verbose: 0,
    ...(path === undefined ? {} : { path }),
  });
  return report;
}
