// What agents print: the lines, how far each source was taken in, how much came each day, and what each sweep dropped (MISSION G6, J2).
import type { ColumnType, Generated } from "kysely";
import type { ColumnClasses } from "./classes";

/** `host`: what the platform did to the agent, and what it left out. */
export const logStreams = ["stdout", "stderr", "host"] as const;
export type LogStream = (typeof logStreams)[number];

export type AgentLogLinesTable = {
  /** Rises with every line of an agent. */
  id: Generated<number>;
  retentionClass: string;
  at: Date;
  workspaceId: string;
  agentId: string;
  deploymentId: string;
  stream: LogStream;
  /** Masked before it left the runtime. */
  line: string;
  /** It was longer. */
  isCut: boolean;
  /** Of the only call that was under way when it was printed; null when there was none, or several. */
  traceId: string | null;
  sessionId: string | null;
};

export const agentLogLinesColumns: ColumnClasses<AgentLogLinesTable> = {
  id: "metadata",
  retentionClass: "metadata",
  at: "metadata",
  workspaceId: "metadata",
  agentId: "metadata",
  deploymentId: "metadata",
  stream: "metadata",
  line: "sensitive",
  isCut: "metadata",
  traceId: "metadata",
  sessionId: "metadata",
};

export type AgentLogSourcesTable = {
  deploymentId: string;
  /** One life of an agent host, or `pulled`. */
  source: string;
  workspaceId: string;
  agentId: string;
  /** Lines up to it are stored, or were left out: a repeated batch adds nothing. */
  lastSeq: number;
  seenAt: Date;
  /** Of a source that is read: the moment of the last line, and which lines of that moment are there. */
  readTo: Date | null;
  readIds: ColumnType<string[], string | undefined, string>;
};

export const agentLogSourcesColumns: ColumnClasses<AgentLogSourcesTable> = {
  deploymentId: "metadata",
  source: "metadata",
  workspaceId: "metadata",
  agentId: "metadata",
  lastSeq: "metadata",
  seenAt: "metadata",
  readTo: "metadata",
  readIds: "metadata",
};

export type AgentLogDaysTable = {
  deploymentId: string;
  /** `2026-11-22`, by the clock of the house. */
  day: string;
  workspaceId: string;
  agentId: string;
  lines: number;
  bytes: number;
  leftOut: number;
  /** The minute that is being counted. */
  minute: Date;
  minuteLines: number;
  minuteBytes: number;
  /** Left out since the last line that says so. */
  untold: number;
};

export const agentLogDaysColumns: ColumnClasses<AgentLogDaysTable> = {
  deploymentId: "metadata",
  day: "metadata",
  workspaceId: "metadata",
  agentId: "metadata",
  lines: "metadata",
  bytes: "metadata",
  leftOut: "metadata",
  minute: "metadata",
  minuteLines: "metadata",
  minuteBytes: "metadata",
  untold: "metadata",
};

export type LogSweepsTable = {
  id: Generated<number>;
  retentionClass: string;
  /** Days before it went; `2026-11-22`. */
  keepFrom: string;
  startedAt: Date;
  finishedAt: Date;
  partitionsDropped: number;
  bytesFreed: number;
  partitionsAhead: number;
  /** False: somebody was reading what should go; the next sweep goes on. */
  isComplete: boolean;
};

export const logSweepsColumns: ColumnClasses<LogSweepsTable> = {
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
