// What each recount of usage from the raw rows found and repaired (MISSION G4).
import type { Generated } from "kysely";
import type { ColumnClasses } from "./classes";

export type UsageRecountsTable = {
  id: Generated<number>;
  countedFrom: Date;
  countedTo: Date;
  startedAt: Date;
  finishedAt: Date;
  /** Sums of one deployment and one hour or day. */
  sumsChecked: number;
  sumsRepaired: number;
  /** By how many events and calls the repaired sums were off, one way or the other. */
  eventsDrift: number;
  callsDrift: number;
};

export const usageRecountsColumns: ColumnClasses<UsageRecountsTable> = {
  id: "metadata",
  countedFrom: "metadata",
  countedTo: "metadata",
  startedAt: "metadata",
  finishedAt: "metadata",
  sumsChecked: "metadata",
  sumsRepaired: "metadata",
  eventsDrift: "metadata",
  callsDrift: "metadata",
};
