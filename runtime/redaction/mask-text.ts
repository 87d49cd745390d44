// Masks secret values in text that comes in pieces; of each piece only what may be the beginning of a value is held back.
import { MaskChannel, type Span } from "./mask-channel";
import { asciiUnits, escapeMarks, maskDecoders } from "./mask-decoders";
import { maskPatterns } from "./mask-patterns";
import { type MaskReader, MaskTree } from "./mask-tree";

export const maskText = "[secret]";

/** Masks one stream of text. `push` answers what is safe to send on now, `flush` the rest. */
export type TextMask = { push(piece: string): string; flush(): string };

/** Compiled once per process, shared by all its streams. */
export type MaskCompiler = { open(): TextMask; mask(whole: string): string };

const passThrough: TextMask = { push: (piece) => piece, flush: () => "" };

/** Without a maskable value everything passes through untouched. */
export function compileMask(values: readonly string[]): MaskCompiler {
  const building = buildTree(values);
  for (;;) {
    const step = building.next();
    if (step.done) return maskOf(step.value);
  }
}

/** For a process that others share: lets them have their turn after `turnMs`, and after every value. */
export async function compileMaskInTurns(values: readonly string[], turnMs = 5): Promise<MaskCompiler> {
  const building = buildTree(values);
  let from = performance.now();
  for (;;) {
    const step = building.next();
    if (step.done) return maskOf(step.value);
    if (performance.now() - from < turnMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    from = performance.now();
  }
}

/** Null: there is nothing to look for. */
function* buildTree(values: readonly string[]): Generator<void, MaskTree | null> {
  const tree = new MaskTree(escapeMarks);
  let isEmpty = true;
  for (const patterns of maskPatterns(values)) {
    for (const pattern of patterns) tree.add(pattern);
    isEmpty &&= patterns.length === 0;
    yield;
  }
  return isEmpty ? null : tree;
}

function maskOf(tree: MaskTree | null): MaskCompiler {
  if (tree === null) return { open: () => passThrough, mask: (whole) => whole };
  return {
    open: () => new OpenMask(tree),
    mask: (whole) => {
      const mask = new OpenMask(tree);
      return mask.push(whole) + mask.flush();
    },
  };
}

/** Unit → which decoders read on their own from it on, as bits. */
const escapeBits = new Uint8Array(asciiUnits);
for (const [place, { leavesAt }] of maskDecoders.entries()) {
  for (const char of leavesAt) escapeBits[char.charCodeAt(0)] = (escapeBits[char.charCodeAt(0)] ?? 0) | (1 << place);
}

/** Overlapping values are masked as one. Positions count from the beginning of the stream. */
class OpenMask implements TextMask {
  private held = "";
  private heldFrom = 0;
  private position = 0;
  private spans: Span[] = [];
  private readonly plain: MaskReader;
  /** Which channels read on their own just now, as bits. */
  private away = 0;
  private readonly channels: readonly MaskChannel[];

  constructor(private readonly tree: MaskTree) {
    this.plain = tree.open();
    const onMatch = (span: Span) => addSpan(this.spans, span);
    this.channels = maskDecoders.map((decoder) => new MaskChannel(tree.open(), decoder, onMatch));
  }

  push(piece: string): string {
    for (let place = 0; place < piece.length; place += 1) {
      if (this.away === 0 && this.plain.pending === 0) {
        const next = this.tree.skip(piece, place);
        this.position += next - place;
        place = next;
      }
      const unit = piece.charCodeAt(place);
      const begun = unit < asciiUnits ? (escapeBits[unit] ?? 0) : 0;
      if ((begun & ~this.away) !== 0) this.sendAway(begun & ~this.away);
      this.plain.take(unit);
      const length = this.plain.matched;
      if (length > 0) addSpan(this.spans, { start: this.position + 1 - length, end: this.position + 1 });
      if (this.away !== 0) this.readAway(unit);
      this.position += 1;
    }
    this.held += piece;
    return this.take(safeEnd(this.pendingStart(), this.spans));
  }

  flush(): string {
    for (const channel of this.channelsAway()) channel.finish();
    this.plain.reset();
    this.away = 0;
    return this.take(this.position);
  }

  private sendAway(which: number): void {
    for (let place = 0; place < this.channels.length; place += 1) {
      const channel = this.channels[place];
      if ((which & (1 << place)) === 0 || channel === undefined) continue;
      const followed = this.followedBy(place);
      if (followed === undefined) channel.enter(this.plain, this.position);
      else channel.leave(followed);
    }
    this.away |= which;
  }

  private readAway(unit: number): void {
    for (let place = 0; place < this.channels.length; place += 1) {
      const channel = this.channels[place];
      if ((this.away & (1 << place)) === 0 || channel === undefined) continue;
      channel.take(unit, this.position);
      const followed = this.followedBy(place);
      const isBack = followed === undefined ? channel.isInStep(this.plain, this.position + 1) : channel.knowsAs(followed);
      if (isBack) this.away &= ~(1 << place);
    }
  }

  /** The channel that this one follows, while that one reads on its own; it comes earlier in the list. */
  private followedBy(place: number): MaskChannel | undefined {
    const followed = maskDecoders[place]?.follows ?? null;
    return followed !== null && (this.away & (1 << followed)) !== 0 ? this.channels[followed] : undefined;
  }

  private pendingStart(): number {
    let start = this.position - this.plain.pending;
    if (this.away === 0) return start;
    for (const channel of this.channelsAway()) start = Math.min(start, channel.pendingStart(this.position));
    return start;
  }

  private channelsAway(): MaskChannel[] {
    return this.channels.filter((_channel, place) => (this.away & (1 << place)) !== 0);
  }

  private take(end: number): string {
    const from = this.heldFrom;
    if (end === from) return "";
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
