// Follows an agent's log: its history first, then each line as it comes, none twice and none left out at the seam.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { createBell } from "~/server/queue/create-bell";
import { listenToChannel } from "~/server/queue/listen-to-channel";
import { Slots } from "~/server/rate-limit/slots";
import type { Services } from "~/server/services";
import { readLinesFilter, searchedAtOnceMax } from "./lines-filter";
import { logChannel } from "./log-bell";
import type { LogTail, TailLogsInput } from "./logs.contract";
import { findNewestLineId, type LinesFilter, listScannedLines } from "./logs.queries";

/** A ring that was lost is noticed after this long. */
const pollMs = 3_000;
/** A log that is written to without end is read so often, and no more. */
const restMs = 250;
const linesAtOnceMax = 500;
const dayMs = 86_400_000;

/** Each reads the database at every ring and poll. */
const watchersMax = 100;
const watchers = new Slots((max) => `This workspace already watches ${max} logs at once. Close some of those pages.`);

type Needs = Pick<Services, "db" | "clock" | "redis">;
type Tail = { filter: LinesFilter; history: number };

/** Throws `NOT_FOUND` at its first step. Ends quietly when `signal` is aborted. */
export async function* watchLogs(
  needs: Needs,
  scope: WorkspaceScope,
  { history, ...asked }: TailLogsInput,
  signal: AbortSignal,
): AsyncGenerator<LogTail, void, undefined> {
  const release = watchers.take(scope.workspaceId, watchersMax);
  try {
    const filter = await inWorkspace(needs.db, scope, (tx) => readLinesFilter(tx, needs, scope, asked));
    yield* follow(needs, scope, { filter, history }, signal);
  } finally {
    release();
  }
}

async function* follow(
  needs: Needs,
  scope: WorkspaceScope,
  tail: Tail,
  signal: AbortSignal,
): AsyncGenerator<LogTail, void, undefined> {
  const bell = createBell();
  const stopListening = await listenToChannel(needs.redis, logChannel(tail.filter.agentId), bell.ring);
  try {
    const begun = await readHistory(needs, scope, tail);
    let { seen } = begun;
    yield { lines: begun.lines, isHistory: true };
    while (!signal.aborted) {
      const next = await readOn(needs, scope, tail.filter, seen);
      seen = next.seen;
      if (next.lines.length > 0) yield { lines: next.lines, isHistory: false };
      // More is there already: no need to wait for a ring.
      if (!next.hasMore) await bell.wait(pollMs, signal);
      await bell.pause(restMs, signal);
    }
  } finally {
    stopListening();
  }
}

/** Of one agent every line that comes later has a larger id: what is no larger than the newest belongs to the history, the rest does not. */
function readHistory(needs: Needs, scope: WorkspaceScope, { filter, history }: Tail) {
  return inWorkspace(needs.db, scope, async (tx) => {
    const seen = await findNewestLineId(tx, scope, filter.agentId);
    if (history === 0) return { seen, lines: [] };
    const scan = { isNewestFirst: true, behind: seen + 1, scannedMax: searchedAtOnceMax, limit: history };
    const { lines } = await listScannedLines(tx, scope, filter, scan);
    return { seen, lines: lines.reverse() };
  });
}

async function readOn(needs: Needs, scope: WorkspaceScope, filter: LinesFilter, behind: number) {
  const now = needs.clock.now().getTime();
  const span = { from: new Date(now - dayMs), to: new Date(now + dayMs) };
  const scan = { isNewestFirst: false, behind, scannedMax: linesAtOnceMax, limit: linesAtOnceMax };
  const { lines, scanned, edge } = await inWorkspace(needs.db, scope, (tx) =>
    listScannedLines(tx, scope, { ...filter, ...span }, scan),
  );
  return { lines, seen: edge ?? behind, hasMore: scanned === linesAtOnceMax };
}
