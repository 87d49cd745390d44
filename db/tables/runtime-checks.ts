// The last health check of each runtime, made by the worker, so that no page has to ask a provider.
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";
import type { Runtime } from "./deployments";

export const runtimeStatuses = ["up", "down", "unconfigured"] as const;
export type RuntimeStatus = (typeof runtimeStatuses)[number];

export type RuntimeChecksTable = {
  runtime: Runtime;
  status: RuntimeStatus;
  /** For operators. */
  detail: string;
  /** Sentences for operators: what works less well than it should. */
  warnings: ColumnType<string[], string, string>;
  checkedAt: Date;
  /** When this status began. */
  since: Date;
  tookMs: number;
};

export const runtimeChecksColumns: ColumnClasses<RuntimeChecksTable> = {
  runtime: "public",
  status: "public",
  detail: "metadata",
  warnings: "metadata",
  checkedAt: "public",
  since: "public",
  tookMs: "metadata",
};
