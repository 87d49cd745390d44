// The budgets of all workspaces as one gateway process spends them: leased from PostgreSQL in blocks, renewed while the process lives,
// given back when they are not needed. What a process held when it died is blocked until the sweep has settled it (MISSION E3).
import { inTransaction } from "~/db/transaction";
import { AppError } from "~/server/errors";
import { newId } from "~/server/ids";
import type { Services } from "~/server/services";
import {
  beginPeriodAcrossWorkspaces,
  deleteEmptyLeasesAcrossWorkspaces,
  type GivenBack,
  giveBackAcrossWorkspaces,
  leaseCallsAcrossWorkspaces,
  lockPeriodsAcrossWorkspaces,
  renewLeasesAcrossWorkspaces,
} from "./budgets.queries";
import { type CallNeed, type Leased, LeasePool, type PoolWish, type Reservation } from "./lease-pool";
import { refuseCall } from "./refuse-call";

type LedgerNeeds = Pick<Services, "across" | "clock" | "log">;

/** As rows say it; a process stops spending a good while before. */
export const leaseMs = 30_000;
const validForMs = 20_000;
const renewEveryMs = 5_000;
const beatMs = 1_000;
/** What was not needed for so long goes back. */
const idleMs = 2_000;
/** A pool that nobody used for so long is forgotten. */
const forgottenAfterMs = 60_000;
/** Longer than any call. A lease of which nobody knows for sure what it holds is then left to the sweep. */
const retiredForMs = 16 * 60_000;

type Held = { workspaceId: string; pool: LeasePool | null; retiredMs: number | null };

/** A lifetime: one per process; `drain()` after what happened was written down, before the database is closed. */
export class BudgetLedger {
  readonly #needs: LedgerNeeds;
  readonly #elapsedMs: () => number;
  readonly #pools = new Map<string, LeasePool>();
  /** Every lease of this process that may still be there. */
  readonly #leases = new Map<string, Held>();
  /** Workspaces in which a call used more than it held, until that is written down. */
  readonly #unsettled = new Map<string, Promise<unknown>>();
  readonly #timer: NodeJS.Timeout;
  #tending: Promise<void> | null = null;
  #renewedMs: number;

  constructor(needs: LedgerNeeds, elapsedMs: () => number = () => performance.now()) {
    this.#needs = needs;
    this.#elapsedMs = elapsedMs;
    this.#renewedMs = elapsedMs();
    this.#timer = setInterval(() => void this.tend(), beatMs);
    this.#timer.unref();
  }

  /** Rejects with `LIMIT_EXCEEDED` when a cap leaves no room, with a retryable 503 when the database cannot be asked. */
  take(need: CallNeed): Reservation | Promise<Reservation> {
    const unsettled = this.#unsettled.get(need.workspaceId);
    if (unsettled) return unsettled.then(() => this.take(need));
    const name = `${need.workspaceId} ${need.period.from.getTime()} ${need.hold.computeMs} ${need.hold.tokens}`;
    const pool = this.#pools.get(name) ?? this.#open(need);
    this.#pools.set(name, pool);
    return pool.take(need);
  }

  /** A call used more than it held: no further one of its workspace is let through before that is `settled`. Which never rejects. */
  noteExcess(workspaceId: string, settled: Promise<void>): void {
    const earlier = this.#unsettled.get(workspaceId);
    const all: Promise<unknown> = Promise.all([
      earlier,
      settled,
      this.#giveBackFree((pool) => pool.workspaceId === workspaceId),
    ]).finally(() => {
      if (this.#unsettled.get(workspaceId) === all) this.#unsettled.delete(workspaceId);
    });
    this.#unsettled.set(workspaceId, all);
  }

  /** Renews, gives back what is idle, forgets what is empty. Runs each second by itself; never rejects. */
  tend(): Promise<void> {
    this.#tending ??= this.#tendAll()
      .catch((error: unknown) => this.#needs.log.warn({ err: error }, "leases of budgets could not be tended"))
      .finally(() => {
        this.#tending = null;
      });
    return this.#tending;
  }

  /** Gives everything back that is not held by a call. */
  async drain(): Promise<void> {
    clearInterval(this.#timer);
    await this.#tending;
    await this.#giveBackFree(() => true);
    await this.#forgetEmpty([...this.#leases.keys()]).catch((error: unknown) =>
      this.#needs.log.warn({ err: error }, "leases of budgets are left to the sweep"),
    );
  }

  #open(first: CallNeed): LeasePool {
    const { workspaceId } = first;
    const pool: LeasePool = new LeasePool(
      {
        newLeaseId: () => newId("budgetLease"),
        elapsedMs: this.#elapsedMs,
        validForMs,
        refuse: refuseCall,
        retire: (leaseId, calls) => this.#retire({ leaseId, workspaceId, calls, hold: first.hold }),
        lease: (wish) => {
          this.#leases.set(wish.leaseId, { workspaceId, pool, retiredMs: null });
          return this.#lease(first, wish);
        },
      },
      first,
    );
    return pool;
  }

  async #lease({ workspaceId, period }: CallNeed, wish: PoolWish): Promise<Leased> {
    const now = this.#needs.clock.now();
    const expiresAt = new Date(now.getTime() + leaseMs);
    const asked = { ...wish, workspaceId, periodFrom: period.from, now, expiresAt };
    try {
      const leased = await leaseCallsAcrossWorkspaces(this.#needs.across, asked);
      if (leased) return leased;
      await beginPeriodAcrossWorkspaces(this.#needs.across, { ...asked, periodTo: period.to });
      const first = await leaseCallsAcrossWorkspaces(this.#needs.across, asked);
      if (first) return first;
      throw new Error("The period of a budget did not begin.");
    } catch (cause) {
      throw new AppError(
        "RATE_LIMITED",
        "The workspace's budget cannot be asked just now, so no call is let through. Try again.",
        {
          cause,
          details: { reason: "budget_unavailable", overloaded: true, retryAfterSeconds: 1 },
        },
      );
    }
  }

  async #tendAll(): Promise<void> {
    const nowMs = this.#elapsedMs();
    for (const pool of this.#pools.values()) pool.beat();
    await this.#giveBackFree((pool) => nowMs - pool.lastUsedMs >= idleMs && !pool.isAsking);
    if (nowMs - this.#renewedMs >= renewEveryMs) await this.#renew();
    const forgotten = [...this.#pools].filter(([, pool]) => nowMs - pool.lastUsedMs >= forgottenAfterMs && !pool.isAsking);
    for (const [name, pool] of forgotten) {
      this.#pools.delete(name);
      pool.changeLease({ isSure: true });
    }
    await this.#forgetEmpty([...this.#leases].flatMap(([leaseId, { retiredMs }]) => (retiredMs === null ? [] : [leaseId])));
  }

  async #renew(): Promise<void> {
    const askedMs = this.#elapsedMs();
    this.#renewedMs = askedMs;
    for (const [leaseId, { retiredMs }] of this.#leases) {
      if (retiredMs !== null && askedMs - retiredMs > retiredForMs) this.#leases.delete(leaseId);
    }
    const asked = [...this.#leases.keys()];
    if (asked.length === 0) return;
    const expiresAt = new Date(this.#needs.clock.now().getTime() + leaseMs);
    const there = new Set(await renewLeasesAcrossWorkspaces(this.#needs.across, asked, expiresAt));
    for (const leaseId of asked) {
      const pool = this.#leases.get(leaseId)?.pool;
      if (!there.has(leaseId)) this.#gone(leaseId);
      else if (pool?.leaseId === leaseId) pool.renewed(askedMs);
    }
  }

  /** Taken away, or never made because nothing fitted. */
  #gone(leaseId: string): void {
    const pool = this.#leases.get(leaseId)?.pool;
    if (pool?.isAsking) return;
    if (pool?.leaseId === leaseId) pool.changeLease({ isSure: true });
    this.#leases.delete(leaseId);
  }

  #retire({ calls, ...given }: Omit<GivenBack, "calls"> & { calls: number | null }): void {
    this.#leases.set(given.leaseId, { workspaceId: given.workspaceId, pool: null, retiredMs: this.#elapsedMs() });
    if (calls !== null && calls > 0) void this.#giveBack([{ ...given, calls }]);
  }

  async #giveBackFree(isIdle: (pool: LeasePool) => boolean): Promise<void> {
    const free = [...this.#pools.values()].filter(isIdle).map((pool) => ({
      leaseId: pool.leaseId,
      workspaceId: pool.workspaceId,
      hold: pool.hold,
      calls: pool.takeOutFree(),
    }));
    await this.#giveBack(free.filter(({ calls }) => calls > 0));
  }

  /** Not tried again: had only the answer been lost, it would be given back twice. The sweep settles what stays behind. */
  async #giveBack(given: GivenBack[]): Promise<void> {
    if (given.length === 0) return;
    try {
      await inTransaction(this.#needs.across, async (tx) => {
        await lockPeriodsAcrossWorkspaces(
          tx,
          given.map(({ workspaceId }) => workspaceId),
        );
        await giveBackAcrossWorkspaces(tx, given);
      });
    } catch (error) {
      this.#needs.log.warn({ err: error }, "what calls do not need of a budget could not be given back");
      for (const { leaseId } of given) {
        const pool = this.#leases.get(leaseId)?.pool;
        if (pool?.leaseId === leaseId) pool.changeLease({ isSure: false });
      }
    }
  }

  async #forgetEmpty(leaseIds: string[]): Promise<void> {
    if (leaseIds.length === 0) return;
    for (const leaseId of await deleteEmptyLeasesAcrossWorkspaces(this.#needs.across, leaseIds)) this.#leases.delete(leaseId);
  }
}
