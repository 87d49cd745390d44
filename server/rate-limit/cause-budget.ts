// One line a minute for each cause, with a count of what went unwritten: for logs that a stranger could otherwise flood.

const windowMs = 60_000;
const causesMax = 5_000;

type Cause = { writtenAtMs: number; suppressed: number };

/** A lifetime: one per process and kind of line. */
export class CauseBudget {
  readonly #causes = new Map<string, Cause>();

  /** How many of this cause went unwritten since the last line; null while another line would be too soon. */
  admit(name: string, now: Date): number | null {
    const nowMs = now.getTime();
    const known = this.#causes.get(name);
    if (known && nowMs - known.writtenAtMs < windowMs) {
      known.suppressed += 1;
      return null;
    }
    this.#causes.delete(name);
    if (this.#causes.size >= causesMax) this.#forgetOldest();
    this.#causes.set(name, { writtenAtMs: nowMs, suppressed: 0 });
    return known?.suppressed ?? 0;
  }

  #forgetOldest(): void {
    const [oldest] = this.#causes.keys();
    if (oldest !== undefined) this.#causes.delete(oldest);
  }
}
