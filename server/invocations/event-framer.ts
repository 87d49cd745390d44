// Cuts a stream of server-sent events at event boundaries without looking into them: bytes out are bytes in, never half an event.

const boundary = "\n\n";
/** An event names its id and kind within its first bytes. */
const headBytes = 160;
const usageLine = "\nevent: usage\n";

/** A lifetime: one per call. */
export class EventFramer {
  #partial: Buffer | null = null;
  #lastBlock: Buffer = Buffer.alloc(0);
  #lastId: number;
  #lastKind: string | null = null;
  #usage: Buffer | null = null;

  /** `afterId`: of the last event before the first of these. */
  constructor(afterId = 0) {
    this.#lastId = afterId;
  }

  /** Bytes of an event that has not ended yet. */
  get heldBytes(): number {
    return this.#partial?.length ?? 0;
  }

  /** The kind of the last whole event, for example `done`; comments do not count. */
  get lastKind(): string | null {
    return this.#lastKind;
  }

  /** Of the last whole event. */
  get lastId(): number {
    return this.#lastId;
  }

  /** The data line of the last whole event. */
  get lastData(): string {
    return /^data: (.*)$/m.exec(this.#lastBlock.toString("utf8"))?.[1] ?? "";
  }

  /** Tokens as the agent's own `usage` event counted them; null while there is none. More than can be counted is as much as can be. */
  get tokens(): number | null {
    if (this.#usage === null) return null;
    const [, digits] = /"tokens":(\d+)\b/.exec(this.#usage.toString("utf8")) ?? [];
    return Math.min(Number(digits ?? 0), Number.MAX_SAFE_INTEGER);
  }

  /** The bytes that may go out now; null while no event has ended. The rest waits for its end. */
  push(chunk: Buffer): Buffer | null {
    const bytes = this.#partial ? Buffer.concat([this.#partial, chunk]) : chunk;
    const end = bytes.lastIndexOf(boundary);
    if (end === -1) {
      this.#partial = bytes;
      return null;
    }
    const cut = end + boundary.length;
    this.#partial = cut === bytes.length ? null : bytes.subarray(cut);
    const whole = cut === bytes.length ? bytes : bytes.subarray(0, cut);
    this.#note(whole);
    return whole;
  }

  #note(whole: Buffer): void {
    // No data line holds a line break, so these words at the beginning of a line are an event's own.
    const usage = whole.lastIndexOf(usageLine);
    if (usage !== -1) this.#usage = Buffer.from(whole.subarray(usage, whole.indexOf(boundary, usage)));
    const start = whole.lastIndexOf(boundary, whole.length - boundary.length - 1);
    const block = start === -1 ? whole : whole.subarray(start + boundary.length);
    const head = block.toString("latin1", 0, headBytes);
    const kind = /^event: (\w+)$/m.exec(head)?.[1];
    if (kind === undefined) return;
    this.#lastBlock = block;
    this.#lastKind = kind;
    this.#lastId = Number(/^id: (\d+)$/m.exec(head)?.[1] ?? this.#lastId + 1);
  }
}
