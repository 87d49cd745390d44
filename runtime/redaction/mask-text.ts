// Masks secret values in text that comes in pieces; of each piece only what may be the beginning of a value is held back.
import { createMaskAutomaton, type MaskAutomaton } from "./mask-automaton";
import { MaskChannel, type Span } from "./mask-channel";
import { maskDecoders } from "./mask-decoders";
import { maskPatterns } from "./mask-patterns";

export const maskText = "[secret]";

/** Masks one stream of text. `push` answers what is safe to send on now, `flush` the rest. */
export type TextMask = { push(piece: string): string; flush(): string };

/** Compiled once per process, shared by all its streams. */
export type MaskCompiler = { open(): TextMask; mask(whole: string): string };

const passThrough: TextMask = { push: (piece) => piece, flush: () => "" };

/** Without a maskable value everything passes through untouched. */
export function compileMask(values: readonly string[]): MaskCompiler {
  const patterns = maskPatterns(values);
  if (patterns.length === 0) return { open: () => passThrough, mask: (whole) => whole };
  const automaton = createMaskAutomaton(patterns, maskDecoders.map(({ begins }) => begins).join(""));
  return {
    open: () => new OpenMask(automaton),
    mask: (whole) => {
      const mask = new OpenMask(automaton);
      return mask.push(whole) + mask.flush();
    },
  };
}

/** Unit → which decoders it may begin an escape for, as bits. */
const escapeBits = new Uint8Array(128);
for (const [place, { begins }] of maskDecoders.entries()) {
  for (const char of begins) escapeBits[char.charCodeAt(0)] = (escapeBits[char.charCodeAt(0)] ?? 0) | (1 << place);
}

/** Overlapping values are masked as one. Positions count from the beginning of the stream. */
class OpenMask implements TextMask {
  private held = "";
  private heldFrom = 0;
  private position = 0;
  private spans: Span[] = [];
  private state = 0;
  /** Which channels read on their own just now, as bits. */
  private away = 0;
  private readonly channels: readonly MaskChannel[];

  constructor(private readonly automaton: MaskAutomaton) {
    const onMatch = (span: Span) => addSpan(this.spans, span);
    this.channels = maskDecoders.map((decoder) => new MaskChannel(automaton, decoder, onMatch));
  }

  push(piece: string): string {
    for (let place = 0; place < piece.length; place += 1) {
      if (this.state === 0 && this.away === 0) {
        const next = this.automaton.skip(piece, place);
        this.position += next - place;
        place = next;
      }
      const unit = piece.charCodeAt(place);
      const before = this.state;
      this.state = this.automaton.next(before, unit);
      const length = this.automaton.matched(this.state);
      if (length > 0) addSpan(this.spans, { start: this.position + 1 - length, end: this.position + 1 });
      const begun = unit < 128 ? (escapeBits[unit] ?? 0) : 0;
      if ((begun | this.away) !== 0) this.readAway(unit, before, begun);
      this.position += 1;
    }
    this.held += piece;
    return this.take(safeEnd(this.pendingStart(), this.spans));
  }

  flush(): string {
    for (const channel of this.channelsAway(this.away)) channel.finish();
    this.state = 0;
    this.away = 0;
    return this.take(this.position);
  }

  private readAway(unit: number, before: number, begun: number): void {
    for (let place = 0; place < this.channels.length; place += 1) {
      const [bit, channel] = [1 << place, this.channels[place]];
      if (((begun | this.away) & bit) === 0 || channel === undefined) continue;
      if ((this.away & bit) === 0) channel.enter(before, this.position);
      channel.take(unit, this.position);
      if (channel.isInStep(this.state, this.position + 1)) this.away &= ~bit;
      else this.away |= bit;
    }
  }

  private pendingStart(): number {
    let start = this.position - this.automaton.pending(this.state);
    if (this.away === 0) return start;
    for (const channel of this.channelsAway(this.away)) start = Math.min(start, channel.pendingStart(this.position));
    return start;
  }

  private channelsAway(away: number): MaskChannel[] {
    return this.channels.filter((_channel, place) => (away & (1 << place)) !== 0);
  }

  private take(end: number): string {
    const from = this.heldFrom;
    if (this.spans.length === 0 && end === this.position) {
      const all = this.held;
      this.held = "";
      this.heldFrom = end;
      return all;
    }
    let out = "";
    let position = from;
    for (const span of this.spans) {
      if (span.end > end) break;
      out += this.held.slice(position - from, span.start - from) + maskText;
      position = span.end;
    }
    out += this.held.slice(position - from, end - from);
    this.held = this.held.slice(end - from);
    this.heldFrom = end;
    if (this.spans.length > 0) this.spans = this.spans.filter((span) => span.end > end);
    return out;
  }
}

/** Nothing from `pendingStart` on may leave; a value that reaches past it stays whole, for the two will be masked as one. */
function safeEnd(pendingStart: number, spans: readonly Span[]): number {
  const straddling = spans.find((span) => span.start < pendingStart && span.end > pendingStart);
  return straddling ? straddling.start : pendingStart;
}

function addSpan(spans: Span[], added: Span): void {
  let last = spans.at(-1);
  while (last !== undefined && last.end > added.start) {
    added.start = Math.min(added.start, last.start);
    added.end = Math.max(added.end, last.end);
    spans.pop();
    last = spans.at(-1);
  }
  spans.push(added);
}
