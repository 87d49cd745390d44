// Writes one row per call, in groups and behind the caller's back: outcome and timings, never content (MISSION G3).
import { GroupCommit } from "~/server/group-commit/group-commit";
import type { Services } from "~/server/services";
import { type InvocationRow, insertInvocationsAcrossWorkspaces } from "./invocations.queries";

const pendingMax = 20_000;
const groupMax = 500;
const gatherMs = 10;
const retryAfterMs = 500;
const triesMax = 20;

/** A lifetime: one per process; `drain()` before the database is closed. */
export class InvocationRecorder {
  readonly #needs: Pick<Services, "across" | "log">;
  readonly #commits: GroupCommit<InvocationRow, undefined>;
  #unwritten = 0;

  constructor(needs: Pick<Services, "across" | "log">) {
    this.#needs = needs;
    this.#commits = new GroupCommit({
      name: "call records",
      pendingMax: pendingMax * 2,
      groupMax,
      gatherMs,
      commit: (rows) => this.#write(rows),
    });
  }

  /** So many calls wait to be written that no further one may begin. */
  get isFull(): boolean {
    return this.#unwritten >= pendingMax;
  }

  /** Returns at once; the row is written within milliseconds, or as soon as the database is back. */
  record(row: InvocationRow): void {
    this.#unwritten += 1;
    this.#commits
      .submit([row])
      .catch((error: unknown) => this.#needs.log.error({ err: error, invocation: row }, "a call could not be recorded"))
      .finally(() => {
        this.#unwritten -= 1;
      });
  }

  drain(): Promise<void> {
    return this.#commits.drain();
  }

  /** The rows name themselves, so that a second try after a lost answer writes nothing twice. */
  async #write(rows: InvocationRow[]): Promise<undefined[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        await insertInvocationsAcrossWorkspaces(this.#needs.across, rows);
        return rows.map(() => undefined);
      } catch (error) {
        if (tries >= triesMax || isRefused(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      }
    }
  }
}

/** The database judged the rows (SQLSTATE classes 22 and 23), instead of being away: trying again would not help. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^2[23]/.test(String(error.code));
}
