// Reads one text with one kind of escapes undone, in step with the plain reading wherever there are none, so that it costs nothing there.
import type { MaskAutomaton } from "./mask-automaton";
import type { MaskDecoder } from "./mask-decoders";

export type Span = { start: number; end: number };

/** Longer histories than the automaton can ask for are forgotten from time to time. */
const forgetAfter = 4_096;

export class MaskChannel {
  private state = 0;
  private escape = "";
  private escapeStart = 0;
  /** Where each unit that was read since `enter` begins in the text. */
  private starts: number[] = [];
  private enteredAt = 0;

  constructor(
    private readonly automaton: MaskAutomaton,
    private readonly decoder: MaskDecoder,
    private readonly onMatch: (span: Span) => void,
  ) {}

  /** Leaves the plain reading, which was in `state` just before `position`. */
  enter(state: number, position: number): void {
    this.state = state;
    this.starts = [];
    this.enteredAt = position;
  }

  take(unit: number, position: number): void {
    const char = String.fromCharCode(unit);
    if (this.escape === "" && !this.decoder.begins.includes(char)) {
      this.feed(unit, { start: position, end: position + 1 });
      return;
    }
    if (this.escape === "") this.escapeStart = position;
    this.escape += char;
    this.readEscapes(false);
  }

  /** Nothing more will come: an escape that was begun stands as it is. */
  finish(): void {
    this.readEscapes(true);
  }

  /** Where the text begins that may still turn out to be part of a value; `position` when there is none. */
  pendingStart(position: number): number {
    const depth = this.automaton.pending(this.state);
    if (depth > 0) return this.startOf(depth);
    return this.escape === "" ? position : this.escapeStart;
  }

  /** Whether it has come to know exactly what the plain reading knows in front of `position`. */
  isInStep(plainState: number, position: number): boolean {
    const depth = this.automaton.pending(this.state);
    return this.escape === "" && this.state === plainState && this.pendingStart(position) === position - depth;
  }

  private readEscapes(isEnd: boolean): void {
    while (this.escape !== "") {
      const isEscape = this.decoder.begins.includes(this.escape.charAt(0));
      const decoded = isEscape ? this.decoder.read(this.escape, isEnd) : { text: this.escape.charAt(0), taken: 1 };
      if (decoded === null) return;
      const span = { start: this.escapeStart, end: this.escapeStart + decoded.taken };
      for (let place = 0; place < decoded.text.length; place += 1) this.feed(decoded.text.charCodeAt(place), span);
      this.escape = this.escape.slice(decoded.taken);
      this.escapeStart += decoded.taken;
    }
  }

  private feed(unit: number, { start, end }: Span): void {
    this.state = this.automaton.next(this.state, unit);
    this.starts.push(start);
    const length = this.automaton.matched(this.state);
    if (length > 0) this.onMatch({ start: this.startOf(length), end });
    const depth = this.automaton.pending(this.state);
    if (this.starts.length > 2 * depth + forgetAfter) this.starts = this.starts.slice(-depth - 1);
  }

  /** Where the unit begins that is `back` units behind the last one; before `enter` each unit stands for itself. */
  private startOf(back: number): number {
    const read = this.starts.length;
    return back <= read ? (this.starts[read - back] ?? 0) : this.enteredAt - (back - read);
  }
}
