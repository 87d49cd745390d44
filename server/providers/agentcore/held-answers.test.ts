// Answers of processes at AgentCore, gathered in this process, stay within its bound.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";
import { HeldAnswers } from "~/server/providers/held-answers";
import { describeHeldAnswers, heldBytesMax } from "~/server/providers/held-answers.conformance";
import { type AgentCoreRig, startAgentCoreRig } from "~/server/testing/agentcore-rig";

const answers = new HeldAnswers(heldBytesMax);
let openGate: () => void = () => undefined;
const gate = new Promise<void>((resolve) => {
  openGate = resolve;
});
let world: Server;
let rig: AgentCoreRig;

beforeAll(async () => {
  world = createServer((_request, response) => void gate.then(() => response.end()));
  await new Promise<void>((resolve) => world.listen(0, "127.0.0.1", resolve));
  rig = await startAgentCoreRig({ answers });
});
afterAll(async () => {
  openGate();
  await rig.close();
  world.closeAllConnections();
  await new Promise((resolve) => world.close(resolve));
});

describeHeldAnswers(() => ({
  provider: rig.harness.provider,
  answers,
  gate: { url: `http://127.0.0.1:${(world.address() as AddressInfo).port}/`, open: openGate },
  calls: () => rig.standIn.calls.filter(({ action }) => action.endsWith("InvokeAgentRuntime")).length,
}));
