// Words of a stream that take several turns to mask, and whatever comes behind them meanwhile: in their order, each as it was said.
import type { TextMask } from "~/runtime/redaction/mask-text";
import type { RunningCall } from "./call-agent";
import type { HeldAnswer } from "./held-answers";
import { toHostError } from "./host-error";
import { jsonSlices } from "./json-slices";

export type LongWordsWays = {
  /** What stands between the quotes of JSON; false: its reader takes no more just now, and says when. */
  write(escaped: string): boolean;
  running(): RunningCall;
};

/** A unit of a text takes two bytes at most; it is held as it came and as it goes out. */
const bytesPerUnit = 4;

/** A lifetime: one stream. */
export class LongWords {
  readonly #held: HeldAnswer;
  readonly #mask: TextMask;
  readonly #ways: LongWordsWays;
  readonly #waiting: string[] = [];
  #units = 0;
  #work: Promise<void> | null = null;

  constructor(held: HeldAnswer, mask: TextMask, ways: LongWordsWays) {
    this.#held = held;
    this.#mask = mask;
    this.#ways = ways;
  }

  get isAtWork(): boolean {
    return this.#work !== null;
  }

  /** False: what comes next is to wait until the call is told to go on. */
  add(text: string): false {
    this.#waiting.push(text);
    this.#hold(text.length);
    this.#work ??= this.#maskAll().catch((thrown: unknown) => this.#ways.running().fail(toHostError(thrown)));
    return false;
  }

  /** Resolves when nothing waits. */
  async over(): Promise<void> {
    await this.#work;
  }

  async #maskAll(): Promise<void> {
    let isOpen = true;
    for (let text = this.#waiting.shift(); text !== undefined; text = this.#waiting.shift()) {
      let escaped = "";
      for await (const slice of jsonSlices(this.#mask, text, false)) escaped += slice;
      isOpen = this.#ways.write(escaped);
      this.#hold(-text.length);
    }
    this.#work = null;
    if (isOpen) this.#ways.running().resume();
  }

  #hold(units: number): void {
    this.#units += units;
    this.#held.hold("text", this.#units * bytesPerUnit);
  }
}
