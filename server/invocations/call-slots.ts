// How many calls of one agent run at once in this process (MISSION E2).
import { AppError } from "~/server/errors";

/** A lifetime: one per process. */
export class CallSlots {
  readonly #taken = new Map<string, number>();

  /** Throws `RATE_LIMITED` when all are taken. Call what it answers once, when the call has ended. */
  take(agentId: string, slotsMax: number): () => void {
    const taken = this.#taken.get(agentId) ?? 0;
    if (taken >= slotsMax) {
      throw new AppError(
        "RATE_LIMITED",
        `This agent already answers ${slotsMax} calls at once, which is the most of this plan.`,
        {
          details: { reason: "concurrency", retryAfterSeconds: 1 },
        },
      );
    }
    this.#taken.set(agentId, taken + 1);
    return () => this.#release(agentId);
  }

  #release(agentId: string): void {
    const left = (this.#taken.get(agentId) ?? 1) - 1;
    if (left > 0) this.#taken.set(agentId, left);
    else this.#taken.delete(agentId);
  }
}
