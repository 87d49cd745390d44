// Three gateways under load share a budget and are killed at any moment: never does more than the cap reach a runtime, and in the end
// every call that did is charged once (MISSION E3, AHEAD 2).
import { leaseMs } from "~/server/budgets/budget-ledger";
import { settledAfterMs, settleLostLeases } from "~/server/invocations/settle-lost-leases";
import { callAgent } from "./call-agent";
import { drawFrom } from "./draw-from";
import { createTestTenant } from "./factories";
import { type Fleet, type FleetGateway, openFleet } from "./gateway-fleet";
import { createLiveAgent, type LiveAgent } from "./live-agent";
import { overrideLimits } from "./override-limits";
import { readBudget } from "./read-budget";
import type { TestServices } from "./test-services";

const gatewaysCount = 3;
const burst = 60;
/** The plan's longest call. */
const callMsMax = 60_000;

type Run = { services: TestServices; fleet: Fleet; agent: LiveAgent; cap: number; seed: number };

/** Throws with the seed when the cap is passed or the sums are off. Answers how many calls were in flight with a gateway that died. */
export async function runBudgetCampaign(
  services: TestServices,
  { seed, kills, cap }: { seed: number; kills: number; cap: number },
): Promise<{ recovered: number }> {
  const fleet = await openFleet(services);
  try {
    const tenant = await createTestTenant(services);
    await overrideLimits(services, tenant.workspace, { requestsMax: cap, concurrencyMax: 10_000 });
    const agent = await createLiveAgent(services, tenant, null);
    const run = { services, fleet, agent, cap, seed };
    await killAtRandom(run, kills);
    await settleAll(run);
    await judge(run, "after the kills");
    await useUp(run);
    await judge(run, "at the cap");
    if (fleet.reached() !== cap)
      throw new Error(`seed ${seed}: ${fleet.reached()} calls reached a runtime in the end, ${cap} might`);
    const { recovered } = await services.owner
      .selectFrom("invocations")
      .select(({ fn }) => fn.countAll<number>().as("recovered"))
      .where("isRecovered", "=", true)
      .executeTakeFirstOrThrow();
    return { recovered };
  } finally {
    await fleet.close();
  }
}

async function killAtRandom({ fleet, agent, seed, cap }: Run, kills: number): Promise<void> {
  const draw = drawFrom(seed);
  const gateways = await Promise.all(Array.from({ length: gatewaysCount }, () => fleet.start()));
  for (let kill = 0; kill < kills; kill += 1) {
    const calls = Array.from({ length: burst }, () => quietly(gateways[draw(gatewaysCount)] as FleetGateway, agent));
    const at = draw(gatewaysCount);
    const victim = gateways[at] as FleetGateway;
    // In the middle of its share of the burst: some calls are answered, some are under way, some have not begun.
    const midway = victim.whenReached(1 + draw(burst / gatewaysCount / 2));
    const dying = Promise.race([midway, Promise.all(calls)]).then(() => victim.kill());
    await Promise.all([dying, ...calls]);
    gateways[at] = await fleet.start();
    if (fleet.reached() > cap) throw new Error(`seed ${seed}, kill ${kill}: ${fleet.reached()} calls, and the cap is ${cap}`);
  }
  await Promise.all(gateways.map((gateway) => gateway.drain()));
}

/** Whoever calls a gateway that dies gets no answer. */
async function quietly({ url }: FleetGateway, agent: LiveAgent): Promise<number> {
  return callAgent(url, agent)
    .then(async (answer) => {
      await answer.text();
      return answer.status;
    })
    .catch(() => 0);
}

/** As the worker would, once the leases of the dead have run out. */
async function settleAll({ services, fleet }: Run): Promise<void> {
  await fleet.reported();
  services.clock.set(new Date(Date.now() + leaseMs + callMsMax + settledAfterMs + 1_000));
  await settleLostLeases(services);
  services.clock.set(new Date());
}

/** What is left passes, and nothing more. */
async function useUp({ fleet, agent, cap }: Run): Promise<void> {
  const gateways = await Promise.all(Array.from({ length: gatewaysCount }, () => fleet.start()));
  const wished = cap - fleet.reached() + 2 * burst;
  for (let asked = 0; asked < wished; asked += burst) {
    await Promise.all(
      Array.from({ length: burst }, (_, place) => quietly(gateways[place % gatewaysCount] as FleetGateway, agent)),
    );
  }
  await Promise.all(gateways.map((gateway) => gateway.drain()));
}

async function judge({ services, fleet, agent, cap, seed }: Run, when: string): Promise<void> {
  const { spent, held, recounted, leases } = await readBudget(services, agent.workspaceId);
  const picture = JSON.stringify({ spent, held, recounted, leases, reached: fleet.reached(), cap });
  const isEven = JSON.stringify(spent) === JSON.stringify(recounted) && spent.requests === fleet.reached();
  const isFree = held.requests === 0 && held.computeMs === 0 && held.tokens === 0 && leases === 0;
  if (!isEven || !isFree || spent.requests > cap) throw new Error(`seed ${seed}, ${when}: ${picture}`);
}
