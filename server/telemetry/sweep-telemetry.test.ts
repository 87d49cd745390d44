// Retention: what a sweep drops, what it keeps, what it prepares.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { inWorkspace } from "~/db/transaction";
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
beforeEach(async () => {
  // Partitions outlive the rows that a reset removes.
  await sweepTelemetry(services, { betweenDaysMs: 0 });
  await services.reset();
});

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
  const sweeps = await sweepTelemetry(services, { betweenDaysMs: 0 });
  expect(sweeps.find((sweep) => sweep.retentionClass === "d30")?.dropped).toEqual([`telemetry_d30_${compact(daysFromNow(-32))}`]);
  const partitions = await partitionsOf("d30");
  expect(partitions).toEqual(expect.arrayContaining([-30, 0, 1, 2, 3].map((days) => compact(daysFromNow(days)))));
  expect(partitions).not.toContain(compact(daysFromNow(-32)));
  expect(await services.owner.selectFrom("telemetryEvents").select("eventId").execute()).toHaveLength(2);
  expect(await services.owner.selectFrom("usageHours").select("events").execute()).toHaveLength(3);
  const audited = await services.owner.selectFrom("auditEntries").select(["action", "metadata"]).execute();
  expect(audited).toMatchObject([{ action: "telemetry.sweep", metadata: { retentionClass: "d30", days: 1 } }]);
});

it("lets a writer that remembers a dropped partition make it again", async () => {
  const writer = new EventWriter(services);
  await writer.write([rowAt(daysFromNow(-40))]);
  await sweepTelemetry(services, { betweenDaysMs: 0 });
  expect(await writer.write([rowAt(daysFromNow(-40))])).toEqual([true]);
});

it("writes one report per class and sweep: what went, how much it freed, and what stands ready", async () => {
  const writer = new EventWriter(services);
  await writer.write([rowAt(daysFromNow(-32)), rowAt(daysFromNow(-33))]);
  await sweepTelemetry(services, { betweenDaysMs: 0 });
  const reports = await services.owner.selectFrom("telemetrySweeps").selectAll().orderBy("retentionClass").execute();
  expect(reports.map((report) => report.retentionClass)).toEqual(["d180", "d30", "d395", "d90"]);
  const ofFree = reports.find((report) => report.retentionClass === "d30");
  expect(ofFree).toMatchObject({ partitionsDropped: 2, partitionsAhead: 4, isComplete: true });
  expect(ofFree?.bytesFreed).toBeGreaterThan(0);
});

it("leaves a day that is being read until the next sweep, and no writer waits for it", async () => {
  const writer = new EventWriter(services);
  await writer.write([rowAt(daysFromNow(-32))]);
  await services.owner.transaction().execute(async (reader) => {
    await sql`select count(*) from telemetry_events`.execute(reader);
    const [sweeps, isNew] = await Promise.all([
      sweepTelemetry(services, { betweenDaysMs: 0 }),
      writer.write([rowAt(daysFromNow(0))]),
    ]);
    expect(sweeps.find((sweep) => sweep.retentionClass === "d30")).toMatchObject({ dropped: [], isComplete: false });
    expect(isNew).toEqual([true]);
  });
  const again = await sweepTelemetry(services, { betweenDaysMs: 0 });
  expect(again.find((sweep) => sweep.retentionClass === "d30")).toMatchObject({ isComplete: true });
  expect(await partitionsOf("d30")).not.toContain(compact(daysFromNow(-32)));
});

it("keeps minutes for days, hours and days for 13 months, and no longer", async () => {
  const writer = new EventWriter(services);
  await writer.write([-1, -4, -396, -401].map((days) => rowAt(daysFromNow(days))));
  await sweepTelemetry(services, { betweenDaysMs: 0 });
  const kept = async (grain: "minute" | "hour" | "day") => {
    const { rows } = await sql`select 1 from ${sql.table(`usage_${grain}s`)}`.execute(services.owner);
    return rows.length;
  };
  expect([await kept("minute"), await kept("hour"), await kept("day")]).toEqual([1, 3, 3]);
});

it("no role of the pages reaches a partition past the table's row-level security", async () => {
  const writer = new EventWriter(services);
  const row = rowAt(daysFromNow(0));
  await writer.write([row]);
  const partition = `telemetry_d30_${compact(daysFromNow(0))}`;
  for (const name of ["telemetry_d30", partition]) {
    await expect(sql`select 1 from ${sql.table(name)}`.execute(services.db), name).rejects.toThrow("permission denied");
  }
  const seenBy = (workspaceId: string) =>
    inWorkspace(services.db, { workspaceId, namedAgents: null }, (tx) =>
      tx.selectFrom("telemetryEvents").select("eventId").execute(),
    );
  expect(await seenBy(row.workspaceId)).toEqual([{ eventId: row.eventId }]);
  expect(await seenBy(newId("workspace"))).toEqual([]);
  await expect(sql`select drop_oldest_telemetry_day('d30', current_date)`.execute(services.db)).rejects.toThrow(
    "permission denied",
  );
});
