// Writes one row per call and settles its budget in the same transaction, in groups and behind the caller's back: outcome and timings,
// never content (MISSION E3, G3).
import type { Reservation } from "~/server/budgets/lease-pool";
import { GroupCommit } from "~/server/group-commit/group-commit";
import type { Services } from "~/server/services";
import { type EndedCall, type NewInvocation, takeCallsAcrossWorkspaces } from "./call-records.queries";

const pendingMax = 20_000;
const groupMax = 500;
const gatherMs = 50;
const retryAfterMs = 500;
const triesMax = 20;

/** A lifetime: one per process; `drain()` before the database is closed. */
export class InvocationRecorder {
  readonly #needs: Pick<Services, "across" | "clock" | "log">;
  readonly #commits: GroupCommit<EndedCall, undefined>;
  #unwritten = 0;

  constructor(needs: Pick<Services, "across" | "clock" | "log">) {
    this.#needs = needs;
    this.#commits = new GroupCommit({
      name: "call records",
      pendingMax: pendingMax * 2,
      groupMax,
      gatherMs,
      // Nobody waits for it: under steady work a transaction each so often, not one right after the other.
      companyWanted: groupMax,
      commit: (ended) => this.#write(ended),
    });
  }

  /** So many calls wait to be written that no further one may begin. */
  get isFull(): boolean {
    return this.#unwritten >= pendingMax;
  }

  /** The row is written within milliseconds, or as soon as the database is back; nobody has to wait for it. Never rejects. */
  record(reservation: Reservation, row: NewInvocation): Promise<void> {
    this.#unwritten += 1;
    return this.#commits.submit([{ row, reservation }]).then(
      () => {
        this.#unwritten -= 1;
      },
      (error: unknown) => {
        this.#unwritten -= 1;
        this.#needs.log.error({ err: error, invocation: row }, "a call could not be recorded");
      },
    );
  }

  drain(): Promise<void> {
    return this.#commits.drain();
  }

  /** The rows name themselves, so that a second try after a lost answer writes nothing twice. */
  async #write(ended: EndedCall[]): Promise<undefined[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        await takeCallsAcrossWorkspaces(this.#needs.across, ended, this.#needs.clock.now());
        return ended.map(() => undefined);
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
