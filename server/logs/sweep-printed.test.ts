// Runtimes that keep what agents print themselves: read on from where it was left, each line stored once, whatever else fails.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { HostLogLine } from "~/runtime/contract/host-protocol";
import { newId } from "~/server/ids";
import { createFakeProvider } from "~/server/providers/fake/fake-provider";
import { pickLines } from "~/server/providers/pick-lines";
import type { Provider } from "~/server/providers/provider";
import { EventWriter } from "~/server/telemetry/event-writer";
import { createTestTenant } from "~/server/testing/factories";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createProviderRegistry } from "~/server/testing/provider-registry";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { listLogs } from "./list-logs";
import { sweepPrinted } from "./sweep-printed";

const now = new Date("2026-11-22T10:20:00Z");
/** What the runtime keeps, by version. */
const kept = new Map<string, HostLogLine[]>();
const broken = new Set<string>();

const provider: Provider = {
  ...createFakeProvider(),
  async logs({ deploymentId }, asked) {
    if (broken.has(deploymentId)) throw new Error("The runtime does not answer.");
    return pickLines(kept.get(deploymentId) ?? [], asked);
  },
};

let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let agent: LiveAgent;

beforeAll(async () => {
  services = await createTestServices({ now, providers: createProviderRegistry([provider]) });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  kept.clear();
  broken.clear();
  tenant = await createTestTenant(services);
  agent = await createCalledAgent();
});

async function createCalledAgent(): Promise<LiveAgent> {
  const live = await createLiveAgent(services, tenant, null);
  await new EventWriter(services).write([
    {
      retentionClass: "d30",
      occurredAt: now.toISOString(),
      deploymentId: live.deploymentId,
      eventId: newId("event"),
      workspaceId: live.workspaceId,
      agentId: live.agentId,
      userId: live.ownerUserId,
      runtimeProvider: "embedded",
      requests: 1,
      llmTokens: 1,
      computeMs: 1,
      toolCalls: 0,
      errors: 0,
      errorClass: null,
      costUsdEstimated: 0,
      traceId: newId("trace"),
    },
  ]);
  return live;
}

/** `count` lines, several of one millisecond. */
function prints(of: LiveAgent, count: number): void {
  const lines = kept.get(of.deploymentId) ?? [];
  const from = lines.length;
  for (let place = from; place < from + count; place += 1) {
    const at = new Date(now.getTime() - 60_000 + Math.floor(place / 7)).toISOString();
    lines.push({ at, stream: "stdout", line: `line ${place}`, id: `id-${place}` });
  }
  kept.set(of.deploymentId, lines);
}

async function stored(of = agent): Promise<string[]> {
  const asked = { agentId: of.agentId, order: "oldest" as const, limit: 1_000 };
  return (await listLogs(services, tenant.scope, asked)).items.map(({ line }) => line);
}

const expected = (count: number) => Array.from({ length: count }, (_, place) => `line ${place}`);

it("reads on from the last line that is there, and stores each once, also those of its very millisecond", async () => {
  for (const count of [0, 3, 1, 0, 20, 5]) {
    prints(agent, count);
    await sweepPrinted(services);
    await sweepPrinted(services);
  }
  expect(await stored()).toEqual(expected(29));
});

it("reads more than one page at once, and two at a time store nothing twice", async () => {
  prints(agent, 800);
  await Promise.all([sweepPrinted(services), sweepPrinted(services)]);
  await sweepPrinted(services);
  expect(await stored()).toEqual(expected(800));
});

it("a version whose runtime does not answer keeps no other from being read, and is read the next time", async () => {
  const other = await createCalledAgent();
  prints(agent, 2);
  prints(other, 3);
  broken.add(agent.deploymentId);
  await sweepPrinted(services);
  expect(await stored(other)).toEqual(expected(3));
  expect(await stored()).toEqual([]);
  broken.clear();
  await sweepPrinted(services);
  expect(await stored()).toEqual(expected(2));
});

it("does not ask a runtime whose lines come by themselves, nor for versions that nobody called", async () => {
  prints(agent, 2);
  const pushing = createProviderRegistry([{ ...provider, pushesLogs: true }]);
  expect(await sweepPrinted({ ...services, providers: pushing })).toBe(0);
  services.clock.advance(4 * 3_600_000);
  expect(await sweepPrinted(services)).toBe(0);
});
