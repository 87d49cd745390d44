// What an agent printed, a page at a time, back from now or forth from the beginning, searched a bounded number of lines at once.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { invalidField } from "~/server/errors";
import { rowsFor } from "~/server/page-of-rows";
import type { Services } from "~/server/services";
import { readLinesFilter, scannedMaxFor } from "./lines-filter";
import type { ListLogsInput, LogPage } from "./logs.contract";
import { listScannedLines, sumLeftOut } from "./logs.queries";

/** In a page the oldest line is first. A page without lines that has a cursor goes on searching. */
export function listLogs(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  { order, limit, cursor, ...asked }: ListLogsInput,
): Promise<LogPage> {
  const isNewestFirst = order === "newest";
  const behind = cursor === undefined ? null : Number(cursor);
  if (behind !== null && !(Number.isSafeInteger(behind) && behind >= 0)) {
    throw invalidField("cursor", "Send the cursor of the page before, as it came.");
  }
  return inWorkspace(needs.db, scope, async (tx) => {
    const filter = await readLinesFilter(tx, needs, scope, asked);
    const scan = { isNewestFirst, behind, scannedMax: scannedMaxFor(filter, rowsFor(limit)), limit: rowsFor(limit) };
    const { lines, scanned, edge } = await listScannedLines(tx, scope, filter, scan);
    const shown = lines.slice(0, limit);
    const place = lines.length > limit ? (shown.at(-1)?.id ?? null) : scanned < scan.scannedMax ? null : edge;
    return {
      items: isNewestFirst ? shown.reverse() : shown,
      nextCursor: place === null ? null : String(place),
      leftOut: behind === null ? await sumLeftOut(tx, scope, filter) : 0,
    };
  });
}
