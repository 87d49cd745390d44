// The calls that run in this process: told when they must end now, and waited for until they have.
import { setTimeout as pause } from "node:timers/promises";
import type { AppError } from "~/server/errors";

/** A lifetime: one per gateway. */
export class RunningCalls {
  readonly #ends = new Set<(why: AppError) => void>();
  #onIdle: () => void = () => undefined;

  /** Answers how to say that it is over. */
  add(end: (why: AppError) => void): () => void {
    this.#ends.add(end);
    return () => {
      if (this.#ends.delete(end) && this.#ends.size === 0) this.#onIdle();
    };
  }

  cut(why: AppError): void {
    for (const end of [...this.#ends]) end(why);
  }

  /** Resolves when none runs, or when those that do have been waited for so long: one that was told to end does so within moments. */
  async over(withinMs: number): Promise<void> {
    if (this.#ends.size === 0) return;
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    await Promise.race([idle, pause(withinMs, undefined, { ref: false })]);
  }
}
