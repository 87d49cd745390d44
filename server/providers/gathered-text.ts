// A whole answer as it is put together from its pieces: however small those are, it takes about as much memory as its text.
import type { HeldAnswer } from "./held-answers";

/** A unit of a text takes two bytes at most. */
const bytesPerUnit = 2;
/** Joined one by one they would be kept as a tree, with some thirty bytes for each. */
const piecesAtOnce = 1_024;

/** A lifetime: one answer. */
export class GatheredText {
  readonly #held: HeldAnswer;
  readonly #joined: string[] = [];
  #pieces: string[] = [];
  #units = 0;

  constructor(held: HeldAnswer) {
    this.#held = held;
  }

  add(piece: string): void {
    this.#pieces.push(piece);
    this.#units += piece.length;
    this.#held.hold("text", this.#units * bytesPerUnit);
    if (this.#pieces.length === piecesAtOnce) this.#join();
  }

  whole(): string {
    this.#join();
    return this.#joined.join("");
  }

  #join(): void {
    this.#joined.push(this.#pieces.join(""));
    this.#pieces = [];
  }
}
