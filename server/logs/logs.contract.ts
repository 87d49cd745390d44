// The words of what agents print, shared with the browser.
import { z } from "zod";
import { logStreams } from "~/db/tables/agent-logs";
import { AgentIdInput } from "~/server/agents/agents.contract";
import { Moment } from "~/server/zod-shapes";

export const LogLine = z.object({
  /** Rises with every line of the agent. */
  id: z.number(),
  at: Moment,
  stream: z.enum(logStreams),
  line: z.string(),
  isCut: z.boolean(),
  deploymentId: z.string(),
  /** Null: the version was deleted since. */
  version: z.number().nullable(),
  /** Of the only call under way when it was printed; null when there was none, or several. */
  traceId: z.string().nullable(),
  sessionId: z.string().nullable(),
});
export type LogLine = z.infer<typeof LogLine>;

/** RFC 3339. */
const Instant = z.iso.datetime({ offset: true, error: "Give the moment as 2026-11-22T10:00:00Z." }).max(40);

const filter = {
  /** Found anywhere in a line, capitals or not. */
  search: z.string().trim().max(200).optional(),
  stream: z.enum(logStreams).optional(),
  deploymentId: z.string().max(40).optional(),
  traceId: z.string().max(40).optional(),
  sessionId: z.string().max(40).optional(),
};

const span = {
  /** From then on, and before then: from as long ago as the plan keeps lines, and until now, unless given. */
  from: Instant.optional(),
  to: Instant.optional(),
};

export const LogFilter = AgentIdInput.extend({ ...filter, ...span });
export type LogFilter = z.infer<typeof LogFilter>;

export const logsAtOnceMax = 1_000;

export const ListLogsInput = LogFilter.extend({
  /** `newest`: pages go back from now; `oldest`: forth from the beginning. In a page the oldest line is always first. */
  order: z.enum(["newest", "oldest"]).default("newest"),
  limit: z.coerce.number().int().min(1).max(logsAtOnceMax).default(200),
  cursor: z.string().max(40).optional(),
});
export type ListLogsInput = z.infer<typeof ListLogsInput>;

export const LogPage = z.object({
  items: z.array(LogLine),
  /** A page may hold fewer lines than asked for, even none, and go on: so many lines are searched at once and no more. */
  nextCursor: z.string().nullable(),
  /** Lines of this time that were printed too fast or too many to be kept. */
  leftOut: z.number(),
});
export type LogPage = z.infer<typeof LogPage>;

export const TailLogsInput = AgentIdInput.extend({ ...filter, history: z.coerce.number().int().min(0).max(500).default(200) });
export type TailLogsInput = z.infer<typeof TailLogsInput>;

/** First the history, then what comes; oldest first, each line once. */
export type LogTail = { lines: LogLine[]; isHistory: boolean };

export const exportFormats = ["ndjson", "csv"] as const;
export const ExportLogsQuery = z.object({
  ...filter,
  ...span,
  format: z.enum(exportFormats).default("ndjson"),
  workspaceId: z.string().max(40).optional(),
});
export type ExportLogsQuery = z.infer<typeof ExportLogsQuery>;
