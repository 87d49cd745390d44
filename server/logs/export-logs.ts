// What an agent printed as a file, oldest first, read a batch at a time while it is sent; taking it along is audited.
import { inWorkspace } from "~/db/transaction";
import { csvLine } from "~/server/audit/csv-line";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { limitRate, type RateRule } from "~/server/rate-limit/limit-rate";
import type { Services } from "~/server/services";
import { readLinesFilter, searchedAtOnceMax } from "./lines-filter";
import type { ExportLogsQuery, LogLine } from "./logs.contract";
import { type LinesFilter, listScannedLines } from "./logs.queries";

const perAgent: RateRule = { name: "log_export", points: 20, windowSeconds: 600 };
const batchLines = 1_000;
/** A file holds at most so many; a shorter span gives the rest. */
export const exportedLinesMax = 200_000;
const searchesMax = 4_000;

type Needs = Pick<Services, "db" | "clock" | "redis">;
export type LogExport = { fileName: string; contentType: string; pieces: AsyncGenerator<string> };

const columns: [name: string, of: (line: LogLine) => string | number | null][] = [
  ["at", ({ at }) => at.toISOString()],
  ["stream", ({ stream }) => stream],
  ["version", ({ version }) => version],
  ["deployment_id", ({ deploymentId }) => deploymentId],
  ["trace_id", ({ traceId }) => traceId],
  ["session_id", ({ sessionId }) => sessionId],
  ["is_cut", ({ isCut }) => String(isCut)],
  ["line", ({ line }) => line],
];

/** Throws `NOT_FOUND` before anything is sent. */
export async function exportLogs(
  needs: Needs,
  scope: WorkspaceScope,
  { agentId, format, ...asked }: Omit<ExportLogsQuery, "workspaceId"> & { agentId: string },
): Promise<LogExport> {
  await limitRate(needs, [{ rule: perAgent, subject: `${scope.workspaceId}/${agentId}` }]);
  const filter = await inWorkspace(needs.db, scope, async (tx) => {
    const read = await readLinesFilter(tx, needs, scope, { agentId, ...asked });
    const { search: _words, ...wishes } = asked;
    const metadata = { format, ...wishes, isSearched: read.search !== null };
    await recordAudit(tx, scope, { action: "log.export", targetKind: "agent", targetId: agentId, metadata });
    return read;
  });
  const fileName = `logs-${agentId}-${needs.clock.now().toISOString().slice(0, 10)}.${format}`;
  const contentType = format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson; charset=utf-8";
  return { fileName, contentType, pieces: piecesOf(needs, scope, filter, format) };
}

async function* piecesOf(
  needs: Needs,
  scope: WorkspaceScope,
  filter: LinesFilter,
  format: ExportLogsQuery["format"],
): AsyncGenerator<string> {
  if (format === "csv") yield csvLine(columns.map(([name]) => name));
  let [behind, sent] = [0, 0];
  for (let search = 0; search < searchesMax; search += 1) {
    const limit = Math.min(batchLines, exportedLinesMax - sent);
    const scan = { isNewestFirst: false, behind, scannedMax: searchedAtOnceMax, limit };
    const { lines, scanned, edge } = await inWorkspace(needs.db, scope, (tx) => listScannedLines(tx, scope, filter, scan));
    yield lines
      .map((line) => (format === "csv" ? csvLine(columns.map(([, of]) => of(line))) : `${JSON.stringify(line)}\n`))
      .join("");
    sent += lines.length;
    const isFull = lines.length === limit;
    if (sent >= exportedLinesMax) return yield lastWords(format);
    if (!isFull && scanned < searchedAtOnceMax) return;
    behind = (isFull ? lines.at(-1)?.id : edge) ?? behind;
  }
}

/** A file that was cut says so where its reader looks: at its end. */
function lastWords(format: ExportLogsQuery["format"]): string {
  const words = `This file ends after ${exportedLinesMax} lines. Ask for a shorter time to get the others.`;
  if (format === "ndjson") return `${JSON.stringify({ note: words })}\n`;
  return csvLine(columns.map(([name]) => (name === "line" ? words : "")));
}
