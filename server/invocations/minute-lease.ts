// Calls of a caller's minute that this process has taken from Redis ahead of need: they are counted there already, so that spending them
// asks nobody, and no more pass than the cap lets, in all gateways together (MISSION E2).

/** What Redis answered: `minute` is how many are taken of it in all, `granted` how many of them just now. */
export type Granted = { minute: number; resetMs: number; granted: number };
export type Spent = { minute: number; resetMs: number };

/** The most that is taken ahead. Redis gives out less when less than sixty-four times as much is left. */
const aheadMax = 64;
/** Whoever has not used up what was taken in so long does not need as much. */
const paceMs = 1_000;
const otherMinuteMs = 20_000;

/** A lifetime: one for each caller and cap, in one process. */
export class MinuteLease {
  readonly #elapsedMs: () => number;
  #free = 0;
  #minute = 0;
  #endsMs = Number.NEGATIVE_INFINITY;
  #ahead = 0;
  #askedMs = Number.NEGATIVE_INFINITY;
  /** More is on its way. */
  asking: Promise<void> | null = null;

  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  /** Null: Redis has to be asked. */
  spend(): Spent | null {
    const leftMs = this.#endsMs - this.#elapsedMs();
    if (this.#free === 0 || leftMs <= 0) return null;
    this.#free -= 1;
    return { minute: this.#minute - this.#free, resetMs: leftMs };
  }

  /** Whether more should be fetched before the rest is used up. */
  get isLow(): boolean {
    return this.#ahead > 1 && this.#free < this.#ahead / 2;
  }

  /** How many to ask for beyond the one that is needed: twice as many as last time while they are used up within a second. */
  wishAhead(): number {
    const now = this.#elapsedMs();
    const isFast = now - this.#askedMs < paceMs;
    this.#askedMs = now;
    this.#ahead = isFast ? Math.min(aheadMax, Math.max(1, this.#ahead * 2)) : 0;
    return this.#ahead;
  }

  /** Of a call that something else refused: it is there for the next one, while it is the same minute. */
  giveBack(endsMs: number): void {
    if (Math.abs(endsMs - this.#endsMs) < otherMinuteMs && this.#endsMs > this.#elapsedMs()) this.#free += 1;
  }

  /**
   * `used` of them are spent at once; answers how many of the minute are used by then. Counted from when it was asked for, the lease
   * ends no later than the minute does in Redis.
   */
  add({ minute, resetMs, granted }: Granted, { askedMs, used }: { askedMs: number; used: number }): number {
    const endsMs = askedMs + resetMs;
    // What was left over belongs to a minute that is over: two looks at the same one differ by an answer's time at most.
    const isSameMinute = endsMs - this.#endsMs < otherMinuteMs;
    this.#free = (isSameMinute ? this.#free : 0) + granted - used;
    this.#endsMs = isSameMinute ? Math.max(this.#endsMs, endsMs) : endsMs;
    this.#minute = isSameMinute ? Math.max(this.#minute, minute) : minute;
    return this.#minute - this.#free;
  }
}
