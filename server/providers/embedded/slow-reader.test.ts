// Whoever reads slowly makes the agent speak slowly: through the runtime's sandbox and its host nothing piles up, and nothing is lost (MISSION E1).
import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newUlid } from "~/runtime/contract/new-ulid";
import { collectEvents } from "~/server/providers/read-events";
import { invocationOf, startTestAgentHost, type TestAgentHost } from "~/server/testing/agent-host";
import { openPlacedAgents, type PlacedAgents } from "~/server/testing/placed-agents";

const patientMs = 55_000;
const pieces = 150;
const piece = "x".repeat(64 * 1024);
/** Says nearly as much as an answer may have, as fast as they are taken, and prints how far it came. */
const speaking = `export default async function* () {
  for (let n = 0; n < ${pieces}; n += 1) {
    console.log("said " + n);
    yield "${"x".repeat(8)}".repeat(${piece.length / 8});
  }
}`;

let host: TestAgentHost;
let agents: PlacedAgents;
beforeAll(async () => {
  host = await startTestAgentHost({ streams: { graceMs: 5_000, keptMs: 900_000, bytesMax: 256 * 1024 * 1024 } });
  agents = openPlacedAgents(host);
});
afterAll(() => host.stop());

it.each([
  ["that can be resumed", true],
  ["that cannot", false],
])("a stream %s waits for its only reader", async (_what, isKept) => {
  const placement = await agents.place(speaking);
  const neighbour = await agents.place("export default () => 'fine';");
  const streamId = `str_${newUlid()}`;
  const wish = { streamId, resumeUrl: `http://house/streams/${streamId}`, bytesMax: 128 * 1024 * 1024 };
  const { signal } = new AbortController();
  const stream = await host.provider.stream(placement, invocationOf("?", { timeoutMs: patientMs }), {
    signal,
    ...(isKept ? { wish } : {}),
  });
  await once(stream, "readable");
  // Time enough to say all of it many times over, told by work and not by a clock.
  for (let turn = 0; turn < 300; turn += 1) await agents.ask(neighbour);
  const lines = await host.provider.logs(placement, { limit: 1_000 });
  const said = lines.filter(({ line }) => line.startsWith("said ")).length;
  expect(said).toBeGreaterThan(0);
  expect(said).toBeLessThan(pieces / 2);
  const events = await collectEvents(stream);
  expect(events.at(-1)?.event).toBe("done");
  expect(events.filter((event) => event.event === "delta" && event.data.text === piece)).toHaveLength(pieces);
});
