// What a call used is told behind its answer: a house that does not take it, in whatever way, delays no caller of a process at AgentCore.
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Placement } from "~/runtime/contract/host-protocol";
import { collectEvents } from "~/server/providers/read-events";
import { buildPlacement, invocationOf } from "~/server/testing/agent-host";
import { type AgentCoreRig, startAgentCoreRig } from "~/server/testing/agentcore-rig";

const never = () => new AbortController().signal;
/** A process that waited for its report would have made all of them before it answered. */
const attemptsMax = 4;

type House = { answer: (response: ServerResponse) => void; letGo: () => void; waits: Promise<void>; attempts: string[] };

let house: House;
let server: Server;
let rig: AgentCoreRig;
let placement: Placement;

/** Takes reports in, and answers none of them until `letGo`. */
function openHouse(answer: House["answer"]): House {
  let letGo = () => {};
  const waits = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  return { answer, letGo, waits, attempts: [] };
}

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { attempts, waits, answer } = house;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    attempts.push((JSON.parse(Buffer.concat(chunks).toString("utf8")) as { traceId: string }).traceId);
    await waits;
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  rig = await startAgentCoreRig({ publicUrl: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) });
  const source = `export default async function* (_request, context) {
    yield "measured";
    context.reportUsage({ tokens: 7 });
  }`;
  placement = await buildPlacement(rig.harness.provider, source);
  await rig.harness.provider.deploy(placement, { signal: never() });
});
afterEach(() => house.letGo());
afterAll(async () => {
  await rig.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it.each([
  ["says nothing", (response: ServerResponse) => void response.writeHead(202).end(), 1],
  ["answers 500", (response: ServerResponse) => void response.writeHead(500).end(), 2],
  ["cuts the connection", (response: ServerResponse) => void response.destroy(), 2],
])(
  "whole answers and streams end while a house that %s has not done so yet, and are reported all the same",
  async (_how, answer, attempts) => {
    house = openHouse(answer);
    const { provider } = rig.harness;
    const whole = invocationOf("?");
    // In one session, so that both are of one process.
    const streamed = invocationOf("?", { sessionId: whole.sessionId });
    const made = (traceId: string) => house.attempts.filter((id) => id === traceId).length;
    const { output } = await provider.invoke(placement, whole, { signal: never() });
    expect(output.text).toBe("measured");
    expect(made(whole.traceId)).toBeLessThan(attemptsMax);
    const events = await collectEvents(await provider.stream(placement, streamed, { signal: never() }));
    expect(events.at(-1)?.event).toBe("done");
    expect(made(streamed.traceId)).toBeLessThan(attemptsMax);
    await expect.poll(() => Math.min(made(whole.traceId), made(streamed.traceId))).toBeGreaterThan(0);
    house.letGo();
    await expect.poll(() => Math.min(made(whole.traceId), made(streamed.traceId))).toBeGreaterThanOrEqual(attempts);
  },
);
