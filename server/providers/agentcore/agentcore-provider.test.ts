// AgentCore keeps every provider's promises: over the stand-in, or over a real account when the environment names one.
import { afterAll, beforeAll } from "vitest";
import { describeProvider } from "~/server/providers/provider.conformance";
import { openAgentCoreAccount } from "~/server/testing/agentcore-account";
import { type AgentCoreRig, startAgentCoreRig } from "~/server/testing/agentcore-rig";

const account = openAgentCoreAccount(process.env);
let rig: AgentCoreRig | undefined;

beforeAll(async () => {
  if (account === null) rig = await startAgentCoreRig();
});
afterAll(async () => {
  await rig?.close();
  await account?.close();
}, 600_000);

describeProvider("agentcore", () => {
  const harness = account?.harness ?? rig?.harness;
  if (!harness) throw new Error("Neither the stand-in nor an account is there.");
  return harness;
});
