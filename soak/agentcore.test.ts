// Every request that places, refreshes, lists or removes at AgentCore fails in every way, for as long as it is tried.
import { afterAll, beforeAll, expect, it } from "vitest";
import { agentCoreActs, runAgentCoreFaults, standInFaults } from "~/server/testing/agentcore-faults-campaign";
import { type AgentCoreRig, hastyPace, startAgentCoreRig } from "~/server/testing/agentcore-rig";

let rig: AgentCoreRig;

beforeAll(async () => {
  rig = await startAgentCoreRig({ pace: hastyPace });
});
afterAll(() => rig.close());

it.for(agentCoreActs)("$of", { timeout: 3_600_000 }, async (act) => {
  expect(await runAgentCoreFaults(rig, act, { seed: 0, count: standInFaults.length })).toBeGreaterThan(0);
});
