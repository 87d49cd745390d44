// How many calls each key made in each UTC month: what the counters in Redis are set to when they are lost.
import type { ColumnClasses } from "./classes";

export type ApiKeyMonthsTable = {
  workspaceId: string;
  keyId: string;
  /** `2026-11`. */
  month: string;
  calls: number;
};

export const apiKeyMonthsColumns: ColumnClasses<ApiKeyMonthsTable> = {
  workspaceId: "metadata",
  keyId: "metadata",
  month: "metadata",
  calls: "metadata",
};
