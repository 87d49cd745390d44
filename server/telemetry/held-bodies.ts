// Bodies of reports that are being read or judged at one time: bounded, and so shared that no stranger takes the place of honest runtimes.

const bytesMax = 64 * 1024 * 1024;
/** Of one address, proven or not. */
const bytesOfOneMax = bytesMax / 4;
/** Of all addresses together that have not sent a report lately which was rightly signed: a body costs them nothing but a promise of it. */
const bytesOfStrangersMax = bytesMax / 2;
const knownForMs = 60 * 60_000;
const knownMax = 10_000;

export type HeldBody = {
  release(): void;
  /** Its signature was right: its address is no stranger's for an hour. */
  noteProven(): void;
};

/** A lifetime: one per door. Senders are addresses; null is this machine itself. */
export class HeldBodies {
  readonly #elapsedMs: () => number;
  readonly #bytesOf = new Map<string, number>();
  /** The one that proved itself longest ago first. */
  readonly #provenMs = new Map<string, number>();
  #bytes = 0;
  #bytesOfStrangers = 0;

  constructor(elapsedMs: () => number = () => performance.now()) {
    this.#elapsedMs = elapsedMs;
  }

  /** Null: there is no room for it just now. Release it once. */
  hold(sender: string | null, bytes: number): HeldBody | null {
    const isStranger = sender !== null && !this.#isKnown(sender);
    const ofSender = sender === null ? 0 : (this.#bytesOf.get(sender) ?? 0) + bytes;
    const ofStrangers = this.#bytesOfStrangers + (isStranger ? bytes : 0);
    if (this.#bytes + bytes > bytesMax || ofSender > bytesOfOneMax) return null;
    if (isStranger && ofStrangers > bytesOfStrangersMax) return null;
    this.#bytes += bytes;
    this.#bytesOfStrangers = ofStrangers;
    if (sender !== null) this.#bytesOf.set(sender, ofSender);
    return {
      release: () => {
        this.#bytes -= bytes;
        if (isStranger) this.#bytesOfStrangers -= bytes;
        if (sender !== null) this.#leave(sender, bytes);
      },
      noteProven: () => {
        if (sender !== null) this.#remember(sender);
      },
    };
  }

  #leave(sender: string, bytes: number): void {
    const left = (this.#bytesOf.get(sender) ?? 0) - bytes;
    if (left > 0) this.#bytesOf.set(sender, left);
    else this.#bytesOf.delete(sender);
  }

  #isKnown(sender: string): boolean {
    const provenMs = this.#provenMs.get(sender);
    return provenMs !== undefined && this.#elapsedMs() - provenMs < knownForMs;
  }

  #remember(sender: string): void {
    this.#provenMs.delete(sender);
    this.#provenMs.set(sender, this.#elapsedMs());
    for (const oldest of this.#provenMs.keys()) {
      if (this.#provenMs.size <= knownMax) return;
      this.#provenMs.delete(oldest);
    }
  }
}
