// What each sweep of raw telemetry dropped and prepared, one row per retention class and sweep (MISSION J2).
import type { Generated } from "kysely";
import type { ColumnClasses } from "./classes";

export type TelemetrySweepsTable = {
  id: Generated<number>;
  retentionClass: string;
  /** Days before it went; `2026-11-22`. */
  keepFrom: string;
  startedAt: Date;
  finishedAt: Date;
  partitionsDropped: number;
  bytesFreed: number;
  /** Days whose partitions stand ready, today included. */
  partitionsAhead: number;
  /** False: somebody was reading what should go; the next sweep goes on. */
  isComplete: boolean;
};

export const telemetrySweepsColumns: ColumnClasses<TelemetrySweepsTable> = {
  id: "metadata",
  retentionClass: "metadata",
  keepFrom: "metadata",
  startedAt: "metadata",
  finishedAt: "metadata",
  partitionsDropped: "metadata",
  bytesFreed: "metadata",
  partitionsAhead: "metadata",
  isComplete: "metadata",
};
