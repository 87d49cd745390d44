// AgentCore keeps every provider's promises: over the stand-in, or over a real account when the environment names one.
import { afterAll, beforeAll } from "vitest";
import { describeProvider } from "~/server/providers/provider.conformance";
import { type AgentCoreRig, startAgentCoreRig } from "~/server/testing/agentcore-rig";

let rig: AgentCoreRig;

beforeAll(async () => {
  rig = await startAgentCoreRig();
});
afterAll(() => rig.close());

describeProvider("agentcore", () => rig.harness);
