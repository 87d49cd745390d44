// Usage as people see it: whole hours with zeros in between, sums that match, and what was lost on the way.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newId } from "~/server/ids";
import { EventWriter } from "~/server/telemetry/event-writer";
import { listAgentUsage } from "~/server/telemetry/list-agent-usage";
import { readUsageSeries } from "~/server/telemetry/read-usage-series";
import { createTestTenant } from "~/server/testing/factories";
import { insertInvocations } from "~/server/testing/insert-invocations";
import { createLiveAgent, type LiveAgent } from "~/server/testing/live-agent";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { listInvocations } from "./list-invocations";

const hourMs = 3_600_000;
const now = new Date("2026-11-22T10:20:00Z");

let services: TestServices;
let tenant: Awaited<ReturnType<typeof createTestTenant>>;
let agent: LiveAgent;
beforeAll(async () => {
  services = await createTestServices({ now });
});
afterAll(() => services.dispose());
beforeEach(async () => {
  await services.reset();
  tenant = await createTestTenant(services);
  agent = await createLiveAgent(services, tenant, null);
});

type Happening = { source?: LiveAgent; hoursAgo?: number; computeMs?: number; llmTokens?: number; traceId?: string };

function reported(happenings: Happening[]): Promise<boolean[]> {
  return new EventWriter(services).write(
    happenings.map(({ source = agent, hoursAgo = 0, computeMs = 10, llmTokens = 1, traceId = newId("trace") }) => ({
      retentionClass: "d30",
      occurredAt: new Date(now.getTime() - hoursAgo * hourMs).toISOString(),
      deploymentId: source.deploymentId,
      eventId: newId("event"),
      workspaceId: source.workspaceId,
      agentId: source.agentId,
      userId: source.ownerUserId,
      runtimeProvider: "embedded" as const,
      requests: 1,
      llmTokens,
      computeMs,
      toolCalls: 2,
      errors: 0,
      errorClass: null,
      costUsdEstimated: 0.5,
      traceId,
    })),
  );
}

async function called(happenings: Happening[]): Promise<void> {
  const rows = happenings.map(({ source = agent, hoursAgo = 0, computeMs = 10, traceId = newId("trace") }, place) => ({
    id: `inv_${String(place).padStart(26, "0")}`,
    traceId,
    workspaceId: source.workspaceId,
    agentId: source.agentId,
    deploymentId: source.deploymentId,
    sessionId: null,
    principal: "api_key:key_1",
    mode: "json" as const,
    outcome: "ok" as const,
    errorCode: null,
    errorClass: null,
    errorMessage: null,
    computeMs,
    tokens: 1,
    firstByteMs: 1,
    startedAt: new Date(now.getTime() - hoursAgo * hourMs),
  }));
  await insertInvocations(services.across, rows);
}

const series = (input: { agentId?: string; hours: number }) => readUsageSeries(services, tenant.scope, input);

describe("a usage series", () => {
  it("has every hour of its span, oldest first, and totals that add up", async () => {
    await reported([{ hoursAgo: 0 }, { hoursAgo: 2, computeMs: 5 }, { hoursAgo: 2, computeMs: 7 }, { hoursAgo: 3 }]);
    const { from, to, hours, totals, receivedEvents } = await series({ hours: 3 });
    expect([from, to].map((moment) => moment.toISOString())).toEqual(["2026-11-22T08:00:00.000Z", "2026-11-22T11:00:00.000Z"]);
    expect(hours.map(({ hour, requests, computeMs }) => [hour.getUTCHours(), requests, computeMs])).toEqual([
      [8, 2, 12],
      [9, 0, 0],
      [10, 1, 10],
    ]);
    expect(totals).toEqual({ requests: 3, llmTokens: 3, computeMs: 22, toolCalls: 6, errors: 0, costUsdEstimated: 1.5 });
    expect(receivedEvents).toBe(3);
  });

  it("takes percentiles from the gateway's own measure, and shows how many reports are missing", async () => {
    await called(Array.from({ length: 100 }, (_, place) => ({ computeMs: place + 1 })));
    await reported(Array.from({ length: 90 }, () => ({})));
    const { latency, ...counts } = await series({ hours: 1 });
    expect(counts).toMatchObject({ expectedEvents: 100, receivedEvents: 90 });
    for (const [percentile, exactMs] of [
      ["p50Ms", 50],
      ["p95Ms", 95],
      ["p99Ms", 99],
    ] as const) {
      expect(Math.abs((latency[percentile] ?? 0) - exactMs), percentile).toBeLessThanOrEqual(exactMs * 0.05);
    }
    expect((await series({ hours: 1, agentId: agent.agentId })).expectedEvents).toBe(100);
  });

  it("without calls has no percentiles", async () => {
    expect((await series({ hours: 1 })).latency).toEqual({ p50Ms: null, p95Ms: null, p99Ms: null });
  });

  it("never shows another workspace's usage, and answers its agents as missing ones", async () => {
    const other = await createLiveAgent(services, await createTestTenant(services), null);
    await reported([{ source: other }]);
    await called([{ source: other }]);
    expect(await series({ hours: 1 })).toMatchObject({ totals: { requests: 0 }, expectedEvents: 0 });
    const refusals = await Promise.all(
      [other.agentId, newId("agent")].map((agentId) => series({ hours: 1, agentId }).catch((error: Error) => error.message)),
    );
    expect(refusals).toEqual(["There is no such agent.", "There is no such agent."]);
  });
});

describe("the last day of agents", () => {
  it("holds each agent, those that did nothing with zeros", async () => {
    const idle = await createLiveAgent(services, tenant, null);
    await reported([{ hoursAgo: 23 }, { hoursAgo: 0 }, { hoursAgo: 24 }]);
    await called([{ computeMs: 4 }, { computeMs: 8 }]);
    const usage = await listAgentUsage(services, tenant.scope);
    const [busy] = usage.filter((one) => one.agentId === agent.agentId);
    expect(busy).toMatchObject({ requests: 2, errors: 0, p95Ms: 8 });
    expect(busy?.hourly).toEqual([1, ...Array(22).fill(0), 1]);
    expect(usage.find((one) => one.agentId === idle.agentId)).toMatchObject({
      requests: 0,
      p95Ms: null,
      hourly: Array(24).fill(0),
    });
  });
});

describe("the list of calls", () => {
  it("goes newest first, page by page, with what the runtime reported under the same trace id", async () => {
    const traceId = newId("trace");
    await called([{}, { traceId }, {}]);
    await reported([{ traceId, llmTokens: 42 }]);
    const first = await listInvocations(services, tenant.scope, { limit: 2 });
    expect(first.items.map((item) => item.llmTokens)).toEqual([null, 42]);
    const second = await listInvocations(services, tenant.scope, { limit: 2, cursor: first.nextCursor ?? "" });
    expect([second.items.length, second.nextCursor]).toEqual([1, null]);
    const found = await listInvocations(services, tenant.scope, { limit: 2, traceId });
    expect(found.items).toMatchObject([{ traceId, llmTokens: 42, toolCalls: 2, version: 1 }]);
  });

  it("is empty for another workspace", async () => {
    await called([{}]);
    const stranger = await createTestTenant(services);
    expect(await listInvocations(services, stranger.scope, { limit: 5, agentId: agent.agentId })).toEqual({
      items: [],
      nextCursor: null,
    });
  });
});
