// Calls that this process may make without asking anybody: one pool for each workspace, period and size of a call (MISSION E3).
import type { NamedPlan } from "~/server/plans/assert-planned";
import type { Period } from "~/server/plans/period-of";
import type { CallHold, Caps, LeaseWish, PeriodState } from "./budgets.queries";

/** What a call needs to be let through. */
export type CallNeed = { workspaceId: string; plan: NamedPlan; period: Period; hold: CallHold };

/** What a call holds until it is settled or given back. */
export type Reservation = { leaseId: string; hold: CallHold };

type Waiting = { resolve: (reservation: Reservation) => void; reject: (error: unknown) => void };
export type Leased = PeriodState & { calls: number };

export type PoolWish = Pick<LeaseWish, "leaseId" | "hold" | "caps" | "waiting" | "ahead">;

export type PoolParts = {
  newLeaseId: () => string;
  /** Asks the database; the state is the one after. */
  lease: (wish: PoolWish) => Promise<Leased>;
  /** This process spends no more from the lease; `calls` of it were never made, null when that is not known. */
  retire: (leaseId: string, calls: number | null) => void;
  refuse: (need: CallNeed, state: PeriodState) => Error;
  elapsedMs: () => number;
  /** How long a lease may be spent from, counted from before it was asked for. */
  validForMs: number;
};

/** So many seconds of calls, at the pace of the last one, are leased ahead. */
const aheadSeconds = 2;
const aheadMax = 512;

export class LeasePool {
  readonly #parts: PoolParts;
  readonly hold: CallHold;
  #need: CallNeed;
  #leaseId: string;
  #free = 0;
  #validUntilMs = Number.NEGATIVE_INFINITY;
  #waiting: Waiting[] = [];
  #asking: Promise<void> | null = null;
  #taken = { now: 0, before: 0 };
  lastUsedMs: number;

  constructor(parts: PoolParts, need: CallNeed) {
    this.#parts = parts;
    this.#need = need;
    this.hold = need.hold;
    this.#leaseId = parts.newLeaseId();
    this.lastUsedMs = parts.elapsedMs();
  }

  get leaseId(): string {
    return this.#leaseId;
  }

  get workspaceId(): string {
    return this.#need.workspaceId;
  }

  get isAsking(): boolean {
    return this.#asking !== null;
  }

  /** No round trip while the lease holds. Rejects with `LIMIT_EXCEEDED`, or with a 503 when nobody can tell. */
  take(need: CallNeed): Reservation | Promise<Reservation> {
    this.#need = need;
    this.lastUsedMs = this.#parts.elapsedMs();
    this.#taken.now += 1;
    if (this.#free > 0 && this.#isValid() && this.#waiting.length === 0) {
      this.#free -= 1;
      if (this.#free < this.#ahead() / 2) this.#ask();
      return this.#reservation();
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#ask();
    });
  }

  /** Takes out what is not needed just now; whoever asks gives it back to the workspace. */
  takeOutFree(): number {
    const calls = this.#free;
    this.#free = 0;
    return calls;
  }

  /** Once a second: how many calls there were in the last one. */
  beat(): void {
    this.#taken = { now: 0, before: this.#taken.now };
  }

  /** The lease was renewed; `askedMs` is when that was asked for. */
  renewed(askedMs: number): void {
    this.#validUntilMs = Math.max(this.#validUntilMs, askedMs + this.#parts.validForMs);
  }

  /** Goes on with another lease; the calls that are under way settle with the old one. */
  changeLease(how: { isSure: boolean }): void {
    const isUsed = this.#validUntilMs !== Number.NEGATIVE_INFINITY;
    if (isUsed || !how.isSure) this.#parts.retire(this.#leaseId, how.isSure ? this.takeOutFree() : null);
    this.#free = 0;
    this.#leaseId = this.#parts.newLeaseId();
    this.#validUntilMs = Number.NEGATIVE_INFINITY;
  }

  #isValid(): boolean {
    return this.#parts.elapsedMs() < this.#validUntilMs;
  }

  #ahead(): number {
    const pace = Math.max(this.#taken.now, this.#taken.before);
    return Math.min(aheadMax, pace * aheadSeconds);
  }

  #reservation(): Reservation {
    return { leaseId: this.#leaseId, hold: this.hold };
  }

  #ask(): void {
    this.#asking ??= this.#askUntilServed().finally(() => {
      this.#asking = null;
      // Somebody may have come between the last look and now.
      if (this.#waiting.length > 0) this.#ask();
    });
  }

  async #askUntilServed(): Promise<void> {
    // Whoever comes in this turn of the loop is asked for together.
    await new Promise(setImmediate);
    do {
      const asked = this.#waiting.length;
      try {
        await this.#askOnce(asked);
      } catch (error) {
        // It may have been leased all the same.
        this.changeLease({ isSure: false });
        for (const { reject } of this.#waiting.splice(0, asked)) reject(error);
      }
    } while (this.#waiting.length > 0);
  }

  async #askOnce(asked: number): Promise<void> {
    // A lease that ran out may be taken away at any moment: nothing is added to it.
    if (!this.#isValid()) this.changeLease({ isSure: true });
    const askedMs = this.#parts.elapsedMs();
    const need = this.#need;
    const [leaseId, usable] = [this.#leaseId, Math.min(asked, this.#free)];
    const wish = { leaseId, hold: this.hold, caps: capsOf(need), waiting: asked - usable };
    const state = await this.#parts.lease({ ...wish, ahead: Math.max(0, this.#ahead() - this.#free) });
    if (leaseId !== this.#leaseId) return;
    this.#free += state.calls;
    if (state.calls > 0) this.renewed(askedMs);
    const served = this.#waiting.splice(0, Math.min(asked, this.#free));
    this.#free -= served.length;
    for (const { resolve } of served) resolve(this.#reservation());
    const left = this.#waiting.splice(0, asked - served.length);
    for (const { reject } of left) reject(this.#parts.refuse(need, state));
  }
}

function capsOf({ plan: { plan } }: CallNeed): Caps {
  return { requests: plan.requestsMax, computeMs: plan.computeMsMax, tokens: plan.tokensMax };
}
