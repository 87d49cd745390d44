// Reads one text with one kind of escapes undone, in step with the plain reading wherever there are none, so that it costs nothing there.
import { asciiUnits, Escape, type MaskDecoder, nothing } from "./mask-decoders";
import type { MaskReader } from "./mask-tree";

export type Span = { start: number; end: number };

/** Histories are cut back to what a pattern can ask for when they are longer than this and twice as long as that. */
const forgetAfter = 4_096;

export class MaskChannel {
  private readonly escape = new Escape();
  private escapeStart = 0;
  /** Where each unit begins in the text that was read since `enter`, or since nothing was begun; so many of them. */
  private starts: number[] = [];
  private read = 0;
  private enteredAt = 0;

  constructor(
    private readonly reader: MaskReader,
    private readonly decoder: MaskDecoder,
    private readonly onMatch: (span: Span) => void,
  ) {}

  /** Leaves the plain reading, which stands just before `position`. */
  enter(plain: MaskReader, position: number): void {
    this.reader.moveTo(plain);
    this.read = 0;
    this.enteredAt = position;
  }

  /** Leaves another channel, in the middle of an escape if need be. */
  leave(other: MaskChannel): void {
    const from = Math.max(0, other.read - other.reader.pending);
    this.reader.moveTo(other.reader);
    this.escape.copy(other.escape);
    this.escapeStart = other.escapeStart;
    this.read = other.read - from;
    for (let place = 0; place < this.read; place += 1) this.starts[place] = other.starts[from + place] ?? 0;
    this.enteredAt = other.enteredAt;
  }

  take(unit: number, position: number): void {
    if (this.escape.length === 0) {
      if (!this.begins(unit)) {
        this.feed(unit, position, position + 1);
        return;
      }
      this.escapeStart = position;
    }
    this.escape.push(unit);
    this.readEscapes();
  }

  /** Nothing more will come: an escape that was begun stands as it is. */
  finish(): void {
    this.escape.isEnd = true;
    this.readEscapes();
    this.escape.isEnd = false;
  }

  /** Where the text begins that may still turn out to be part of a value; `position` when there is none. */
  pendingStart(position: number): number {
    const depth = this.reader.pending;
    if (depth > 0) return this.startOf(depth);
    return this.escape.length === 0 ? position : this.escapeStart;
  }

  /** Whether it has come to know exactly what the plain reading knows in front of `position`. */
  isInStep(plain: MaskReader, position: number): boolean {
    if (this.escape.length > 0 || !this.reader.isAt(plain)) return false;
    return this.pendingStart(position) === position - plain.pending;
  }

  /** Whether it knows what this one knows, which takes the text apart at the same places. */
  knowsAs(other: MaskChannel): boolean {
    return this.reader.isAt(other.reader);
  }

  private begins(unit: number): boolean {
    return unit < asciiUnits && this.decoder.begins[unit] === 1;
  }

  private readEscapes(): void {
    const { escape: begun } = this;
    while (begun.length > 0) {
      const taken = this.begins(begun.unit(0)) ? this.decoder.read(begun) : begun.stands();
      if (taken === 0) return;
      const [start, end] = [this.escapeStart, this.escapeStart + taken];
      const { point } = begun;
      if (point > 0xffff) {
        this.feed(0xd800 + ((point - 0x10000) >> 10), start, end);
        this.feed(0xdc00 + ((point - 0x10000) & 0x3ff), start, end);
      } else if (point !== nothing) this.feed(point, start, end);
      begun.drop(taken);
      this.escapeStart = end;
    }
  }

  private feed(unit: number, start: number, end: number): void {
    const { reader } = this;
    reader.take(unit);
    const depth = reader.pending;
    if (depth === 0) {
      this.read = 0;
      return;
    }
    this.starts[this.read] = start;
    this.read += 1;
    const length = reader.matched;
    if (length > 0) this.onMatch({ start: this.startOf(length), end });
    if (this.read > 2 * depth + forgetAfter) this.forget(depth);
  }

  private forget(depth: number): void {
    this.starts = this.starts.slice(this.read - depth, this.read);
    this.read = depth;
  }

  /** Where the unit begins that is `back` units behind the last one; before `enter` each unit stands for itself. */
  private startOf(back: number): number {
    const { read } = this;
    return back <= read ? (this.starts[read - back] ?? 0) : this.enteredAt - (back - read);
  }
}
