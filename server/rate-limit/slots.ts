// How many things of one kind run at once for one owner in this process (MISSION E2).
import { AppError } from "~/server/errors";

/** A lifetime: one per process and kind. `refusal` says what there is too much of, and how to go on. */
export class Slots {
  readonly #refusal: (slotsMax: number) => string;
  readonly #taken = new Map<string, number>();

  constructor(refusal: (slotsMax: number) => string) {
    this.#refusal = refusal;
  }

  /** Throws `RATE_LIMITED` when all are taken. Call what it answers once, when the thing has ended. */
  take(owner: string, slotsMax: number): () => void {
    const taken = this.#taken.get(owner) ?? 0;
    if (taken >= slotsMax) {
      throw new AppError("RATE_LIMITED", this.#refusal(slotsMax), {
        details: { reason: "concurrency", retryAfterSeconds: 1 },
      });
    }
    this.#taken.set(owner, taken + 1);
    return () => this.#release(owner);
  }

  #release(owner: string): void {
    const left = (this.#taken.get(owner) ?? 1) - 1;
    if (left > 0) this.#taken.set(owner, left);
    else this.#taken.delete(owner);
  }
}
