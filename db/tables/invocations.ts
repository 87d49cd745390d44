// One call of an agent as the gateway measured it: counts, timings and outcome, never its content (MISSION G3).
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

export const errorClasses = ["auth", "limit", "runtime", "tool", "unknown"] as const;
export type ErrorClass = (typeof errorClasses)[number];

export const invocationOutcomes = ["ok", "error", "aborted"] as const;
export type InvocationOutcome = (typeof invocationOutcomes)[number];

export type InvocationsTable = {
  id: string;
  /** May be the caller's own, so it names a request and not a row. */
  traceId: string;
  workspaceId: string;
  agentId: string;
  deploymentId: string;
  sessionId: string | null;
  principal: string;
  mode: "json" | "stream";
  outcome: InvocationOutcome;
  errorCode: string | null;
  errorClass: ErrorClass | null;
  /** The safe message the caller saw. */
  errorMessage: string | null;
  /** Wall milliseconds spent in the runtime, rounded up: the billing truth. */
  computeMs: number;
  /** As the agent's own answer counted them; null in rows that are older than this column. */
  tokens: number | null;
  /** Nobody has said yet what it used: as many tokens are charged as it may have, until its runtime reports. */
  tokensAreAssumed: ColumnType<boolean, boolean | undefined, boolean>;
  /** Its gateway died: made up from what the runtime reported. */
  isRecovered: ColumnType<boolean, boolean | undefined, boolean>;
  /** False: nothing could be handed to the runtime, so it reports nothing either. */
  reachedRuntime: ColumnType<boolean, boolean | undefined, never>;
  /** Milliseconds to the first byte of the answer; null when none came. */
  firstByteMs: number | null;
  startedAt: Date;
  createdAt: ColumnType<Date, Date | undefined, never>;
};

export const invocationsColumns: ColumnClasses<InvocationsTable> = {
  id: "metadata",
  traceId: "metadata",
  workspaceId: "metadata",
  agentId: "metadata",
  deploymentId: "metadata",
  sessionId: "metadata",
  principal: "metadata",
  mode: "metadata",
  outcome: "metadata",
  errorCode: "metadata",
  errorClass: "metadata",
  errorMessage: "metadata",
  computeMs: "metadata",
  tokens: "metadata",
  tokensAreAssumed: "metadata",
  isRecovered: "metadata",
  reachedRuntime: "metadata",
  firstByteMs: "metadata",
  startedAt: "metadata",
  createdAt: "metadata",
};
