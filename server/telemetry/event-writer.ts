// Takes signed events into the database in groups: durable before they are acknowledged, counted once (MISSION G2).
import { AppError } from "~/server/errors";
import { GroupCommit } from "~/server/group-commit/group-commit";
import type { Services } from "~/server/services";
import {
  type EventRow,
  ensureTelemetryPartitionAcrossWorkspaces,
  takeTelemetryEventsAcrossWorkspaces,
} from "./telemetry.queries";
import { acceptedPast } from "./telemetry-window";

const pendingMax = 20_000;
/** So that one deployment that reports without measure cannot take the place of all others. */
const pendingOfOneMax = 5_000;
const groupMax = 1_000;
const gatherMs = 3;
const companyWanted = 100;
const lanes = 2;
const knownPartitionsMax = 2_000;
/** A little more than an event may be old, so that a duplicate at the very edge still finds its first. */
const duplicatesSoughtMs = acceptedPast.backlogMs + 3_600_000;
/** As early as a runtime's clock may be, and the clocks of our own machines among themselves. */
const earlyMs = 3_600_000;
const undefinedPartition = "23514";

/** A lifetime: one per process. `fresh` says of each event whether it was new. */
export class EventWriter {
  readonly #needs: Pick<Services, "across" | "clock">;
  readonly #commits: GroupCommit<EventRow, boolean>;
  readonly #partitions = new Set<string>();
  readonly #pendingOf = new Map<string, number>();

  constructor(needs: Pick<Services, "across" | "clock">) {
    this.#needs = needs;
    this.#commits = new GroupCommit({
      name: "telemetry events",
      pendingMax,
      groupMax,
      gatherMs,
      companyWanted,
      lanes,
      commit: (rows) => this.#commit(rows),
    });
  }

  /** Whether one more event would be refused, whosever it is. */
  get isFull(): boolean {
    return this.#commits.isFull;
  }

  /**
   * Resolves when the events, all of one deployment, are durable, with one answer each: true for new, false for a duplicate.
   * Throws `RATE_LIMITED` when too many of this deployment, or of all, are waiting already.
   */
  async write(rows: EventRow[]): Promise<boolean[]> {
    const deploymentId = rows[0]?.deploymentId ?? "";
    const pending = (this.#pendingOf.get(deploymentId) ?? 0) + rows.length;
    if (pending > pendingOfOneMax) throw tooManyOfOne();
    this.#pendingOf.set(deploymentId, pending);
    try {
      return await this.#commits.submit(rows);
    } finally {
      const left = (this.#pendingOf.get(deploymentId) ?? 0) - rows.length;
      if (left > 0) this.#pendingOf.set(deploymentId, left);
      else this.#pendingOf.delete(deploymentId);
    }
  }

  drain(): Promise<void> {
    return this.#commits.drain();
  }

  async #commit(rows: EventRow[]): Promise<boolean[]> {
    await this.#ensurePartitions(rows);
    try {
      return await this.#take(rows);
    } catch (error) {
      if (!isMissingPartition(error)) throw error;
      // Swept away or never made by whoever we believed had made it: make them again, once.
      this.#partitions.clear();
      await this.#ensurePartitions(rows);
      return this.#take(rows);
    }
  }

  #take(rows: EventRow[]): Promise<boolean[]> {
    const nowMs = this.#needs.clock.now().getTime();
    const sought = { from: new Date(nowMs - duplicatesSoughtMs), to: new Date(nowMs + earlyMs) };
    return takeTelemetryEventsAcrossWorkspaces(this.#needs.across, rows, sought);
  }

  async #ensurePartitions(rows: EventRow[]): Promise<void> {
    for (const row of rows) {
      const day = row.occurredAt.slice(0, 10);
      const name = `${row.retentionClass}/${day}`;
      if (this.#partitions.has(name)) continue;
      await ensureTelemetryPartitionAcrossWorkspaces(this.#needs.across, row.retentionClass, day);
      if (this.#partitions.size >= knownPartitionsMax) this.#partitions.clear();
      this.#partitions.add(name);
    }
  }
}

function tooManyOfOne(): AppError {
  const message = "Too many events of this deployment are being written just now. Send them again in a moment, in batches.";
  return new AppError("RATE_LIMITED", message, { details: { retryAfterSeconds: 1 } });
}

function isMissingPartition(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === undefinedPartition && error.message.includes("partition");
}
