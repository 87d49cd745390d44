// What prices cost, as Stripe last said: asked for by one visitor on behalf of all, and seldom.
import type Stripe from "stripe";
import { toPriceTag } from "./from-stripe";
import type { PriceTag } from "./payments";

const pricesMax = 100;
const keptMs = 10 * 60_000;
/** While one of them cannot be read. */
const partlyKeptMs = 30_000;
/** A page waits for it. */
const patience = { timeout: 3_000, maxNetworkRetries: 0 };

/** A lifetime: one per process. */
export class PriceTags {
  readonly #client: Stripe;
  readonly #known = new Map<string, PriceTag>();
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;

  constructor(client: Stripe) {
    this.#client = client;
  }

  /** What cannot be read keeps what was last known of it, or is left out. */
  async list(priceIds: string[]): Promise<PriceTag[]> {
    const ids = priceIds.slice(0, pricesMax);
    const isWhole = ids.every((id) => this.#known.has(id));
    if (Date.now() - this.#askedAtMs > (isWhole ? keptMs : partlyKeptMs)) {
      this.#asking ??= this.#ask(ids).finally(() => {
        this.#asking = null;
      });
      await this.#asking;
    }
    return ids.flatMap((id) => this.#known.get(id) ?? []);
  }

  async #ask(ids: string[]): Promise<void> {
    const answers = await Promise.allSettled(ids.map((id) => this.#client.prices.retrieve(id, {}, patience)));
    for (const answer of answers) {
      if (answer.status === "fulfilled") this.#known.set(answer.value.id, toPriceTag(answer.value));
    }
    this.#askedAtMs = Date.now();
  }
}
