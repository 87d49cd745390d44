// The last run of each sweep: an operator sees at a glance whether the house still cleans up after itself.
import type { ColumnClasses } from "./classes";

export type SweepRunsTable = {
  /** The job's name, for example `deployments-sweep`. */
  name: string;
  startedAt: Date;
  finishedAt: Date;
  /** Safe words when it failed; null when it went well. */
  failure: string | null;
};

export const sweepRunsColumns: ColumnClasses<SweepRunsTable> = {
  name: "public",
  startedAt: "metadata",
  finishedAt: "metadata",
  failure: "metadata",
};
