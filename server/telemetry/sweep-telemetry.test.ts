// Retention: what a sweep drops, what it keeps, what it prepares.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { newId } from "~/server/ids";
import { createTestServices, type TestServices } from "~/server/testing/test-services";
import { EventWriter } from "./event-writer";
import { sweepTelemetry } from "./sweep-telemetry";
import type { EventRow } from "./telemetry.queries";

let services: TestServices;
beforeAll(async () => {
  services = await createTestServices();
});
afterAll(() => services.dispose());
beforeEach(() => services.reset());

function rowAt(occurredAt: Date): EventRow {
  return {
    retentionClass: "d30",
    occurredAt: occurredAt.toISOString(),
    deploymentId: newId("deployment"),
    eventId: newId("event"),
    workspaceId: newId("workspace"),
    agentId: newId("agent"),
    userId: newId("user"),
    runtimeProvider: "embedded",
    requests: 1,
    llmTokens: 0,
    computeMs: 1,
    toolCalls: 0,
    errors: 0,
    errorClass: null,
    costUsdEstimated: 0,
    traceId: newId("trace"),
  };
}

const partitionsOf = async (retentionClass: string) => {
  const { rows } = await sql<{ relname: string }>`
    select relname from pg_class where relname like ${`telemetry_${retentionClass}_%`} and relkind = 'r' order by relname`.execute(
    services.owner,
  );
  return rows.map((row) => row.relname.slice(-8));
};

const daysFromNow = (days: number) => new Date(services.clock.now().getTime() + days * 86_400_000);
const compact = (date: Date) => date.toISOString().slice(0, 10).replaceAll("-", "");

it("drops days past their retention, keeps the rest and every hourly sum, and makes the coming days", async () => {
  const writer = new EventWriter(services);
  await writer.write([rowAt(daysFromNow(-32)), rowAt(daysFromNow(-30)), rowAt(daysFromNow(0))]);
  const sweeps = await sweepTelemetry(services);
  expect(sweeps.find((sweep) => sweep.retentionClass === "d30")?.dropped).toEqual([`telemetry_d30_${compact(daysFromNow(-32))}`]);
  expect(await partitionsOf("d30")).toEqual([-30, 0, 1, 2, 3].map((days) => compact(daysFromNow(days))));
  expect(await services.owner.selectFrom("telemetryEvents").select("eventId").execute()).toHaveLength(2);
  expect(await services.owner.selectFrom("usageHours").select("events").execute()).toHaveLength(3);
  const audited = await services.owner.selectFrom("auditEntries").select(["action", "metadata"]).execute();
  expect(audited).toMatchObject([{ action: "telemetry.sweep", metadata: { retentionClass: "d30", days: 1 } }]);
});

it("lets a writer that remembers a dropped partition make it again", async () => {
  const writer = new EventWriter(services);
  await writer.write([rowAt(daysFromNow(-40))]);
  await sweepTelemetry(services);
  expect(await writer.write([rowAt(daysFromNow(-40))])).toEqual([true]);
});
