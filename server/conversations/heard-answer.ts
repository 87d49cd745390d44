// What an agent answers, listened to while it passes: the text of a stream's deltas, as far as it is kept.

/** Of one answer. */
export const answerCharactersMax = 64 * 1024;

/** A blank line, whatever breaks the lines. */
const boundary = /(?:\r\n|\r(?!\n)|\n){2}/;
const isDelta = /(?:^|[\r\n])event: delta[\r\n]/;

/** A lifetime: one per call of an agent that keeps conversations. */
export class HeardAnswer {
  #text = "";
  #isCut = false;

  get text(): string {
    return this.#text;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  /** A whole answer, or the next piece of one. */
  say(text: string): void {
    const room = answerCharactersMax - this.#text.length;
    if (text.length > room) this.#isCut = true;
    if (room > 0) this.#text += text.slice(0, room);
  }

  /** Somebody else hears the rest. */
  breakOff(): void {
    this.#isCut = true;
  }

  /** Whole events of a stream, as they go out. */
  readonly note = (events: Buffer): void => {
    if (this.#isCut) return;
    for (const block of events.toString("utf8").split(boundary)) {
      if (isDelta.test(block)) this.say(textOf(block));
    }
  };
}

function textOf(block: string): string {
  try {
    const { text } = JSON.parse(/^data: ([^\r\n]*)/m.exec(block)?.[1] ?? "") as { text?: unknown };
    return typeof text === "string" ? text : "";
  } catch {
    return "";
  }
}
