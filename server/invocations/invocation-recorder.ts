// Writes one row per call and settles its budget in the same transaction, in groups and behind the caller's back: outcome and timings,
// never content (MISSION E3, G3).
import { inTransaction } from "~/db/transaction";
import {
  listLeasesThereAcrossWorkspaces,
  lockPeriodsAcrossWorkspaces,
  type Settlement,
  settleCallsAcrossWorkspaces,
} from "~/server/budgets/budgets.queries";
import type { Reservation } from "~/server/budgets/lease-pool";
import { GroupCommit } from "~/server/group-commit/group-commit";
import type { Services } from "~/server/services";
import {
  deleteRecoveredAcrossWorkspaces,
  insertInvocationsAcrossWorkspaces,
  type NewInvocation,
  type RecoveredRow,
} from "./invocations.queries";

const pendingMax = 20_000;
const groupMax = 500;
const gatherMs = 50;
const retryAfterMs = 500;
const triesMax = 20;

type Ended = { row: NewInvocation; reservation: Reservation };

/** A lifetime: one per process; `drain()` before the database is closed. */
export class InvocationRecorder {
  readonly #needs: Pick<Services, "across" | "clock" | "log">;
  readonly #commits: GroupCommit<Ended, undefined>;
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
  async #write(ended: Ended[]): Promise<undefined[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#settle(ended);
        return ended.map(() => undefined);
      } catch (error) {
        if (tries >= triesMax || isRefused(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      }
    }
  }

  /** One transaction: what is in the rows is in the sums, whatever dies in between. */
  #settle(ended: Ended[]): Promise<void> {
    const rows = ended.map(({ row }) => row);
    return inTransaction(this.#needs.across, async (tx) => {
      await lockPeriodsAcrossWorkspaces(
        tx,
        rows.map(({ workspaceId }) => workspaceId),
      );
      const fresh = new Set(await insertInvocationsAcrossWorkspaces(tx, rows));
      const settling = ended.filter(({ row }) => fresh.has(row.id));
      const leases = await listLeasesThereAcrossWorkspaces(
        tx,
        settling.map(({ reservation }) => reservation.leaseId),
      );
      // Only a call whose lease was taken away can have been taken for lost.
      const late = settling.filter(({ reservation }) => !leases.has(reservation.leaseId)).map(({ row }) => row);
      const recovered = late.length === 0 ? [] : await deleteRecoveredAcrossWorkspaces(tx, late);
      const settled = settling.map(settlementOf);
      await settleCallsAcrossWorkspaces(tx, [...settled, ...recovered.map(takenBack)], this.#needs.clock.now());
    });
  }
}

function settlementOf({ row, reservation: { leaseId, hold } }: Ended): Settlement {
  const { workspaceId, startedAt, computeMs, tokens } = row;
  return { workspaceId, startedAt, computeMs, tokens: tokens ?? 0, leaseId, hold, requests: 1 };
}

/** A call that was taken for lost, because its process slept: what was made up for it goes again. */
function takenBack(row: RecoveredRow): Settlement {
  const { workspaceId, startedAt } = row;
  const nothing = { computeMs: 0, tokens: 0 };
  return {
    workspaceId,
    startedAt,
    computeMs: -row.computeMs,
    tokens: -(row.tokens ?? 0),
    leaseId: null,
    hold: nothing,
    requests: -1,
  };
}

/** The database judged the rows (SQLSTATE classes 22 and 23), instead of being away: trying again would not help. */
function isRefused(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^2[23]/.test(String(error.code));
}
