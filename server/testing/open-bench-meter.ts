// The meter's own acts on a database that a measurement made, for one that stands outside the house.
import type { Db } from "~/db/client";
import type { Tx } from "~/db/transaction";
import { mintWorkspaceScope } from "~/server/auth/mint-scope";
import type { WorkspaceScope } from "~/server/auth/scope";
import { systemClock } from "~/server/clock";
import { GroupCommit } from "~/server/group-commit/group-commit";
import { newId } from "~/server/ids";
import { createLog } from "~/server/log";
import { EventWriter } from "~/server/telemetry/event-writer";
import { sweepTelemetry } from "~/server/telemetry/sweep-telemetry";
import { sweepUsage } from "~/server/telemetry/sweep-usage";
import { listUsageSteps, type UsageSpan } from "~/server/telemetry/usage.queries";
import { principalOf } from "./factories";
import type { CampaignSource } from "./telemetry-senders";

export type BenchMeter = {
  /** Whoever may read the usage of the source's workspace. */
  scopeOf(source: CampaignSource): Promise<WorkspaceScope>;
  listSteps(tx: Tx, scope: WorkspaceScope, span: UsageSpan): Promise<unknown>;
  recount(): Promise<unknown>;
  /** `betweenDaysMs`: in place of the pause that the house makes. */
  sweep(betweenDaysMs?: number): Promise<unknown>;
  openWriter(): EventWriter;
};

export function openBenchMeter(across: Db): BenchMeter {
  const needs = { across, clock: systemClock, log: createLog({ program: "bench", level: "error" }) };
  return {
    scopeOf: ({ ownerUserId, workspaceId }) =>
      mintWorkspaceScope({ across }, principalOf({ id: ownerUserId, email: "", displayName: "" }), {
        action: "usage.read",
        workspaceId,
        traceId: newId("trace"),
        ipAddress: null,
      }),
    listSteps: listUsageSteps,
    recount: () => sweepUsage(needs),
    sweep: (betweenDaysMs) => (betweenDaysMs === undefined ? sweepTelemetry(needs) : sweepTelemetry(needs, { betweenDaysMs })),
    openWriter: () => new EventWriter(needs),
  };
}

/** The house's own grouping of writes around another way of committing them. */
export function groupedBy<T>(commit: (rows: T[]) => Promise<boolean[]>): GroupCommit<T, boolean> {
  return new GroupCommit<T, boolean>({
    name: "measured rows",
    pendingMax: 100_000,
    groupMax: 1_000,
    gatherMs: 3,
    companyWanted: 100,
    lanes: 2,
    commit,
  });
}
