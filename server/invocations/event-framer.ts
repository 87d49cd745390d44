// Cuts a stream of server-sent events at event boundaries without looking into them: bytes out are bytes in, never half an event.
import { isJson } from "~/server/is-json";

const boundary = "\n\n";
/** A blank line, where not all lines end with a line feed (WHATWG HTML, 9.2.6). What begins with CR LF LF is among the first kind. */
const otherBoundaries = ["\n\r", "\r\r"] as const;
const [carriageReturn, lineFeed] = [13, 10];
/** An event names its id and kind within its first bytes. */
const headBytes = 160;
const usageLine = "\nevent: usage\n";

/** A lifetime: one per call. */
export class EventFramer {
  /** Of an event that has not ended yet. */
  #pieces: Buffer[] = [];
  #heldBytes = 0;
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
    return this.#heldBytes;
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
    return /^data: ([^\r\n]*)/m.exec(this.#lastBlock.toString("utf8"))?.[1] ?? "";
  }

  /** Tokens as the agent's own `usage` event counted them; null while there is none. More than can be counted is as much as can be. */
  get tokens(): number | null {
    if (this.#usage === null) return null;
    const [, digits] = /"tokens":(\d+)\b/.exec(this.#usage.toString("utf8")) ?? [];
    return Math.min(Number(digits ?? 0), Number.MAX_SAFE_INTEGER);
  }

  /** The bytes that may go out now; null while no event has ended. The rest waits for its end. */
  push(chunk: Buffer): Buffer | null {
    if (!chunk.includes(lineFeed) && !chunk.includes(carriageReturn)) return this.#hold(chunk);
    const bytes = this.#heldBytes > 0 ? Buffer.concat([...this.#pieces, chunk]) : chunk;
    const end = endOfLastEvent(bytes);
    this.#pieces = [];
    this.#heldBytes = 0;
    if (end < bytes.length) this.#hold(bytes.subarray(end));
    if (end === 0) return null;
    const whole = end === bytes.length ? bytes : bytes.subarray(0, end);
    this.#note(whole);
    return whole;
  }

  /**
   * The stream came to its end in order. An event that is whole but for the line breaks at its end goes out with them; null: there is
   * none. Not for a stream that broke: nobody knows what it would have said.
   */
  finish(): Buffer | null {
    const held = Buffer.concat(this.#pieces);
    const missing = missingBreaks(held.toString("utf8"));
    if (missing === null) return null;
    const whole = Buffer.concat([held, Buffer.from(missing)]);
    this.#pieces = [];
    this.#heldBytes = 0;
    this.#note(whole);
    return whole;
  }

  #hold(bytes: Buffer): null {
    this.#pieces.push(bytes);
    this.#heldBytes += bytes.length;
    return null;
  }

  #note(whole: Buffer): void {
    const events = whole.includes(carriageReturn) ? withLineFeeds(whole) : whole;
    // No data line holds a line break, so these words at the beginning of a line are an event's own.
    const usage = events.lastIndexOf(usageLine);
    if (usage !== -1) this.#usage = Buffer.from(events.subarray(usage, events.indexOf(boundary, usage + usageLine.length)));
    for (let end = events.length; end > 0; ) {
      const before = end > boundary.length ? events.lastIndexOf(boundary, end - boundary.length - 1) : -1;
      const start = before === -1 ? 0 : before + boundary.length;
      if (this.#noteEvent(events.subarray(start, end))) return;
      end = start;
    }
  }

  /** False: a comment, which is no event. */
  #noteEvent(block: Buffer): boolean {
    const head = block.toString("latin1", 0, headBytes);
    const kind = /^event: (\w+)$/m.exec(head)?.[1];
    if (kind === undefined) return false;
    this.#lastBlock = block;
    this.#lastKind = kind;
    this.#lastId = Number(/^id: (\d+)$/m.exec(head)?.[1] ?? this.#lastId + 1);
    return true;
  }
}

/** 0: no event ends here. */
function endOfLastEvent(bytes: Buffer): number {
  if (bytes.at(-1) === lineFeed && bytes.at(-2) === lineFeed) return bytes.length;
  const others = bytes.includes(carriageReturn) ? otherBoundaries : [];
  const place = Math.max(bytes.lastIndexOf(boundary), ...others.map((other) => bytes.lastIndexOf(other)));
  if (place === -1) return 0;
  const end = place + boundary.length;
  return bytes[end - 1] === carriageReturn && bytes[end] === lineFeed ? end + 1 : end;
}

function withLineFeeds(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString("latin1").replace(/\r\n?/g, "\n"), "latin1");
}

/** What a whole event lacks to its blank line, in its own kind of line breaks. Null: it is no whole event. */
function missingBreaks(held: string): string | null {
  const event = /^[\r\n]*id: \d+(\r\n|\r|\n)event: \w+\1data: ([^\r\n]*)(\r?\n?)$/.exec(held);
  const [, lineBreak = "", data = "", last = ""] = event ?? [];
  if (!event || !isJson(data)) return null;
  if (last === "") return lineBreak.repeat(2);
  // Half of a line break would become one with what follows it.
  return last === "\r" && lineBreak !== "\r" ? `\n${lineBreak}` : lineBreak;
}
