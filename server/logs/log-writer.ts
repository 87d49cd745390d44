// Takes lines into the database in groups: durable before they are acknowledged, each once, within what a deployment may print.
import { inTransaction, type Tx } from "~/db/transaction";
import type { ShippedLine } from "~/runtime/contract/host-logs";
import { FreshCache } from "~/server/auth/fresh-cache";
import { GroupCommit } from "~/server/group-commit/group-commit";
import { plans } from "~/server/plans/plans";
import type { Services } from "~/server/services";
import {
  type DayCount,
  ensureLogPartitionAcrossWorkspaces,
  findLogSourceAcrossWorkspaces,
  insertLogLinesAcrossWorkspaces,
  listDayCountsAcrossWorkspaces,
  listLastSeqsAcrossWorkspaces,
  lockAgentsOfLinesAcrossWorkspaces,
  type NewLine,
  setDayCountsAcrossWorkspaces,
  setPulledToIfLaterAcrossWorkspaces,
  setSourcesReadAcrossWorkspaces,
} from "./intake.queries";
import { judgeLines, type KeptLine } from "./judge-lines";
import { ringLogs } from "./log-bell";
import { logClassOf } from "./log-class";

export type LogSource = NonNullable<Awaited<ReturnType<typeof findLogSourceAcrossWorkspaces>>>;

export type PrintedBatch = {
  deploymentId: string;
  /** One life of a host; `pulled` for a runtime that is read. */
  source: string;
  lines: ShippedLine[];
  /** Of a runtime that is read: how far that was. */
  readTo?: { at: Date; ids: string[] };
};

type KnownBatch = PrintedBatch & { of: LogSource };
type Needs = Pick<Services, "across" | "clock" | "log" | "redis">;

const pendingMax = 2_000;
const groupMax = 100;
const gatherMs = 5;
const sourcesMax = 10_000;
const knownPartitionsMax = 2_000;
const undefinedPartition = "23514";

/** A lifetime: one per process; `drain()` before the database is closed. */
export class LogWriter {
  readonly #needs: Needs;
  readonly #commits: GroupCommit<KnownBatch, undefined>;
  readonly #sources: FreshCache<LogSource>;
  readonly #partitions = new Set<string>();

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#sources = new FreshCache<LogSource>({
      entriesMax: sourcesMax,
      load: async (deploymentId) => (await findLogSourceAcrossWorkspaces(needs.across, deploymentId)) ?? null,
      onRenewalError: (error) => needs.log.warn({ err: error }, "a source of log lines could not be read again"),
    });
    this.#commits = new GroupCommit({
      name: "log lines",
      pendingMax,
      groupMax,
      gatherMs,
      commit: (batches) => this.#commit(batches),
    });
  }

  /**
   * Resolves when the batches are durable; what was taken in before is not taken in again, and what no deployment of ours printed is
   * left aside. Rejects with a retryable 503 when too much waits already.
   */
  async write(batches: PrintedBatch[]): Promise<void> {
    const known = await Promise.all(
      batches.map(async (batch) => {
        const of = await this.#sources.get(batch.deploymentId);
        return of ? [{ ...batch, of }] : [];
      }),
    );
    await this.#commits.submit(known.flat());
  }

  drain(): Promise<void> {
    return this.#commits.drain();
  }

  async #commit(batches: KnownBatch[]): Promise<undefined[]> {
    try {
      await this.#store(batches);
    } catch (error) {
      if (!isMissingPartition(error)) throw error;
      // Swept away or never made by whoever we believed had made it: make them again, once.
      this.#partitions.clear();
      await this.#store(batches);
    }
    for (const agentId of new Set(batches.map(({ of }) => of.agentId))) ringLogs(this.#needs, agentId);
    return batches.map(() => undefined);
  }

  async #store(batches: KnownBatch[]): Promise<void> {
    const now = this.#needs.clock.now();
    await this.#ensurePartitions(batches, now);
    await inTransaction(this.#needs.across, async (tx) => {
      await lockAgentsOfLinesAcrossWorkspaces(tx, [...new Set(batches.map(({ of }) => of.agentId))]);
      await storeBatches(tx, batches, now);
    });
  }

  /** Lines of today, and of yesterday for who comes late. */
  async #ensurePartitions(batches: KnownBatch[], now: Date): Promise<void> {
    for (const retentionClass of new Set(batches.map(({ of }) => classOf(of)))) {
      for (const daysBack of [0, 1]) {
        const day = dayOf(new Date(now.getTime() - daysBack * 86_400_000));
        const name = `${retentionClass}/${day}`;
        if (this.#partitions.has(name)) continue;
        await ensureLogPartitionAcrossWorkspaces(this.#needs.across, retentionClass, day);
        if (this.#partitions.size >= knownPartitionsMax) this.#partitions.clear();
        this.#partitions.add(name);
      }
    }
  }
}

/** Under the locks of their agents. */
async function storeBatches(tx: Tx, batches: KnownBatch[], now: Date): Promise<void> {
  const day = dayOf(now);
  const deploymentIds = [...new Set(batches.map(({ deploymentId }) => deploymentId))];
  const marks = new Map(
    (await listLastSeqsAcrossWorkspaces(tx, batches)).map((row) => [`${row.deploymentId}/${row.source}`, row.lastSeq]),
  );
  const counts = new Map((await listDayCountsAcrossWorkspaces(tx, { deploymentIds, day })).map((row) => [row.deploymentId, row]));
  const lines: NewLine[] = [];
  for (const batch of batches) {
    const name = `${batch.deploymentId}/${batch.source}`;
    const fresh = freshLines(batch.lines, marks.get(name) ?? 0);
    const judged = judgeLines(fresh, counts.get(batch.deploymentId) ?? nothingYet(batch.of), now);
    marks.set(name, fresh.at(-1)?.seq ?? marks.get(name) ?? 0);
    counts.set(batch.deploymentId, judged.count);
    lines.push(...judged.kept.map((line) => toNewLine(batch.of, line)));
  }
  if (lines.length > 0) await insertLogLinesAcrossWorkspaces(tx, lines);
  await setDayCountsAcrossWorkspaces(tx, [...counts.values()], day);
  await markSources(tx, batches, { marks, now });
}

async function markSources(tx: Tx, batches: KnownBatch[], at: { marks: Map<string, number>; now: Date }): Promise<void> {
  const bySource = new Map(batches.map((batch) => [`${batch.deploymentId}/${batch.source}`, batch]));
  const rows = [...bySource].map(
    ([
      name,
      {
        deploymentId,
        source,
        of: { workspaceId, agentId },
      },
    ]) => {
      return { deploymentId, source, workspaceId, agentId, lastSeq: at.marks.get(name) ?? 0, seenAt: at.now };
    },
  );
  await setSourcesReadAcrossWorkspaces(tx, rows);
  for (const { deploymentId, readTo } of bySource.values()) {
    if (readTo) await setPulledToIfLaterAcrossWorkspaces(tx, { deploymentId, readTo: readTo.at, readIds: readTo.ids });
  }
}

/** Rising, and each once. */
function freshLines(lines: ShippedLine[], lastSeq: number): ShippedLine[] {
  let last = lastSeq;
  return lines.filter(({ seq }) => {
    if (seq <= last) return false;
    last = seq;
    return true;
  });
}

function toNewLine(source: LogSource, { at, stream, line, ...said }: KeptLine): NewLine {
  const { workspaceId, agentId, deploymentId } = source;
  const known = { isCut: said.isCut ?? false, traceId: said.traceId ?? null, sessionId: said.sessionId ?? null };
  return { retentionClass: classOf(source), at, workspaceId, agentId, deploymentId, stream, line, ...known };
}

function nothingYet({ deploymentId, workspaceId, agentId }: LogSource): DayCount {
  const none = { lines: 0, bytes: 0, leftOut: 0, minuteLines: 0, minuteBytes: 0, untold: 0 };
  return { deploymentId, workspaceId, agentId, ...none, minute: new Date(0) };
}

function classOf({ tier }: LogSource): string {
  return logClassOf(plans[tier].logRetentionDays);
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

function isMissingPartition(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === undefinedPartition && error.message.includes("partition");
}
