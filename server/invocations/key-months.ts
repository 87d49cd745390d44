// The calls of keys by the month, kept in PostgreSQL: added up in memory and written some milliseconds later, in groups.
import { setTimeout as pause } from "node:timers/promises";
import { addKeyCallsAcrossWorkspaces, findKeyCallsAcrossWorkspaces, type KeyCalls } from "~/server/api-keys/key-months.queries";
import type { Services } from "~/server/services";

const gatherMs = 50;
const retryAfterMs = 500;
const triesMax = 20;
/** How old the count may be that a process without Redis goes by. */
const aloneForMs = 1_000;

/** A lifetime: one per process; `drain()` before the database is closed. */
export class KeyMonths {
  readonly #needs: Pick<Services, "across" | "log">;
  #sums = new Map<string, KeyCalls>();
  #writing: Promise<void> | null = null;
  readonly #alone = new Map<string, { calls: number; readAtMs: number }>();

  constructor(needs: Pick<Services, "across" | "log">) {
    this.#needs = needs;
  }

  /** Returns at once. */
  add(keyId: string, month: string): void {
    const name = `${keyId} ${month}`;
    const sum = this.#sums.get(name);
    if (sum) sum.calls += 1;
    else this.#sums.set(name, { keyId, month, calls: 1 });
    this.#writing ??= this.#writeNext();
  }

  /** What is durable, with what waits here to become so. */
  async read(keyId: string, month: string): Promise<number> {
    await this.drain();
    return findKeyCallsAcrossWorkspaces(this.#needs.across, keyId, month);
  }

  /** Counts a call without Redis: exact in this process, and at most a second behind the others. Null: the cap is reached. */
  async countAlone(keyId: string, month: string, callsMax: number): Promise<number | null> {
    const name = `${keyId} ${month}`;
    const known = this.#alone.get(name);
    if (!known || performance.now() - known.readAtMs > aloneForMs) {
      const durable = await this.read(keyId, month);
      const calls = Math.max(durable, this.#alone.get(name)?.calls ?? 0);
      this.#alone.set(name, { calls, readAtMs: performance.now() });
    }
    const state = this.#alone.get(name);
    if (!state || state.calls >= callsMax) return null;
    state.calls += 1;
    return state.calls;
  }

  /** Resolves when all that was added until now is durable: what is being written just now, and what comes after it. */
  async drain(): Promise<void> {
    for (let group = 0; group < 2 && this.#writing; group += 1) await this.#writing;
  }

  /** Under steady work a statement each so often, not one right after the other. */
  async #writeNext(): Promise<void> {
    await pause(gatherMs);
    const sums = [...this.#sums.values()].sort((one, other) => (one.keyId < other.keyId ? -1 : 1));
    this.#sums = new Map();
    await this.#write(sums);
    this.#writing = this.#sums.size > 0 ? this.#writeNext() : null;
  }

  /** An answer that got lost on its way makes a group count twice: a cap is then reached early, never late. */
  async #write(sums: KeyCalls[]): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await addKeyCallsAcrossWorkspaces(this.#needs.across, sums);
      } catch (error) {
        if (tries >= triesMax) return this.#needs.log.error({ err: error, sums }, "calls of keys could not be counted");
        await pause(retryAfterMs);
      }
    }
  }
}
