// A call whose caller left: its agent hears of it, tidies up and reports what it has used before its process is taken away.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";
import { type AgentCoreRig, startAgentCoreRig } from "~/server/testing/agentcore-rig";

let rig: AgentCoreRig;
let house: Server;
const reports: unknown[] = [];
const never = () => new AbortController().signal;

const tidy = `export default async function* (_request, { signal, reportUsage }) {
  reportUsage({ tokens: 9, toolCalls: 1 });
  yield "one ";
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  await new Promise((resolve) => setTimeout(resolve, 100));
  console.log("tidy");
}`;

beforeAll(async () => {
  house = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === "POST") reports.push(JSON.parse(Buffer.concat(chunks).toString("utf8")));
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => house.listen(0, "127.0.0.1", resolve));
  rig = await startAgentCoreRig({ publicUrl: new URL(`http://127.0.0.1:${(house.address() as AddressInfo).port}`) });
});
afterAll(async () => {
  await rig.close();
  house.closeAllConnections();
  await new Promise((resolve) => house.close(resolve));
});

it("an agent whose caller left tidies up and reports what it has used, and only then its process is taken away", async () => {
  const { provider } = rig.harness;
  const placement = await buildPlacement(provider, tidy);
  await provider.deploy(placement, { signal: never() });
  const stream = await provider.stream(placement, invocationOf("go"), { signal: never() });
  stream.on("error", () => undefined);
  const before = rig.standIn.calls.length;
  for await (const chunk of stream) if (String(chunk).includes("one")) break;
  await expect.poll(() => reports, { timeout: 30_000 }).toHaveLength(1);
  expect(reports[0]).toMatchObject({ llmTokens: 9, toolCalls: 1, errors: 0 });
  const printed = async () => (await provider.logs(placement, { limit: 10 })).map(({ line }) => line);
  await expect.poll(printed, { timeout: 30_000 }).toContain("tidy");
  const asked = () => rig.standIn.calls.slice(before).map(({ action }) => action);
  await expect.poll(asked, { timeout: 30_000 }).toContain("bedrock-agentcore:StopRuntimeSession");
});
