// What sweeps wrote down is read back as it was, the newest first, and only of the days that are asked for.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { insertRecountAcrossWorkspaces, insertSweepAcrossWorkspaces } from "~/server/telemetry/retention.queries";
import { createTestTenant } from "~/server/testing/factories";
import { insertInvocations } from "~/server/testing/insert-invocations";
import { createLiveAgent } from "~/server/testing/live-agent";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { readSweepReports } from "./read-sweep-reports";

const now = new Date("2026-11-22T10:20:00Z");
const earlier = (hours: number) => new Date(now.getTime() - hours * 3_600_000);

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices({ now });
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

it("is empty on a new installation", async () => {
  expect(await readSweepReports(services)).toEqual({
    days: 7,
    telemetry: [],
    recounts: [],
    budgetRecounts: [],
    recovered: { calls: 0, workspaces: 0 },
    reports: { expected: 0, received: 0 },
    strays: { open: 0, destroyed: 0, placedAgain: 0, gone: 0 },
  });
});

it("tells of recounts with their drift, of retention, and of calls whose gateway died", async () => {
  for (const [hours, sumsRepaired] of [
    [12, 2],
    [6, 0],
  ] as const) {
    await insertRecountAcrossWorkspaces(services.across, {
      countedFrom: earlier(48),
      countedTo: now,
      startedAt: earlier(hours),
      finishedAt: new Date(earlier(hours).getTime() + 250),
      sumsChecked: 10,
      sumsRepaired,
      eventsDrift: sumsRepaired,
      callsDrift: 0,
    });
  }
  await insertSweepAcrossWorkspaces(services.across, {
    retentionClass: "d30",
    keepFrom: "2026-10-23",
    startedAt: earlier(1),
    finishedAt: earlier(1),
    partitionsDropped: 3,
    bytesFreed: 4_096,
    partitionsAhead: 8,
    isComplete: true,
  });
  await services.owner
    .insertInto("budgetRecounts")
    .values({
      ...{ startedAt: earlier(2), finishedAt: new Date(earlier(2).getTime() + 40), periodsChecked: 7, periodsMended: 1 },
      ...{ requestsDrift: 3, computeMsDrift: 30, tokensDrift: 6 },
    })
    .execute();
  const tenant = await createTestTenant(services);
  const { agentId, deploymentId, workspaceId } = await createLiveAgent(services, tenant, null);
  const call = (id: string, startedAt: Date) => ({
    ...{ id, traceId: id.replace("inv", "trc"), workspaceId, agentId, deploymentId, startedAt },
    ...{ sessionId: null, principal: "api_key:key_1", mode: "json" as const, outcome: "error" as const, errorCode: "INTERNAL" },
    ...{ errorClass: "unknown" as const, errorMessage: null, computeMs: 5, tokens: null, firstByteMs: null },
  });
  const rows = [call(`inv_${"1".repeat(26)}`, earlier(2)), call(`inv_${"2".repeat(26)}`, earlier(8 * 24))];
  await insertInvocations(services.across, rows);
  await services.owner.updateTable("invocations").set({ isRecovered: true }).execute();
  const { recounts, budgetRecounts, telemetry, recovered, reports } = await readSweepReports(services);
  expect(recounts).toMatchObject([
    { sumsRepaired: 0, tookMs: 250 },
    { sumsRepaired: 2, eventsDrift: 2 },
  ]);
  expect(budgetRecounts).toMatchObject([{ periodsChecked: 7, periodsMended: 1, requestsDrift: 3, tokensDrift: 6, tookMs: 40 }]);
  expect(telemetry).toMatchObject([{ keepFrom: "2026-10-23", partitionsDropped: 3, bytesFreed: 4_096, isComplete: true }]);
  expect(recovered).toEqual({ calls: 1, workspaces: 1 });
  expect(reports).toEqual({ expected: 1, received: 0 });
});
