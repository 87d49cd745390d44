// All patterns as one tree (Aho-Corasick). Stretches without a branch stay text and what follows a mismatch is worked out where a
// text comes by, so that neither building nor reading costs more for many or long secrets.

/** From a branching to the next one, or to the end of a pattern. */
class Stretch {
  children: Map<number, Stretch> | null = null;
  isPattern = false;
  /** Of so many places a text has come by. */
  known = 0;
  /** Of each known place, the nearest first: where to go on when the next unit does not fit, as number of the stretch and place on it. */
  falls = new Uint32Array(0);
  /** Of a known place the longest pattern that ends there, if one does. */
  matches: Map<number, number> | null = null;

  constructor(
    readonly number: number,
    public parent: Stretch | null,
    public label: string,
    /** How many units stand in front of it. */
    public depth: number,
  ) {}

  learn(fallStretch: number, fallAt: number, matched: number): void {
    if (this.falls.length <= 2 * this.known) {
      const grown = new Uint32Array(2 * Math.min(this.label.length, 8 + 2 * this.known));
      grown.set(this.falls);
      this.falls = grown;
    }
    this.falls[2 * this.known] = fallStretch;
    this.falls[2 * this.known + 1] = fallAt;
    this.known += 1;
    if (matched === 0) return;
    this.matches ??= new Map();
    this.matches.set(this.known, matched);
  }
}

const asciiUnits = 128;

export class MaskTree {
  readonly stretches = [new Stretch(0, null, "", 0)];
  /** Which pairs of ASCII units begin a pattern, one byte for each; after a stop any unit may come. */
  private readonly beginnings = new Uint8Array(asciiUnits * asciiUnits);
  /** Which ASCII units begin a pattern. */
  private readonly firsts = new Uint8Array(asciiUnits);

  /** `stops`: units in front of which `skip` stops in any case. */
  constructor(stops = "") {
    for (const stop of stops) {
      const unit = stop.charCodeAt(0);
      this.beginnings.fill(1, unit * asciiUnits, (unit + 1) * asciiUnits);
      // What stands before a stop may be the first unit of a value whose second is escaped.
      for (let first = 0; first < asciiUnits; first += 1) this.beginnings[first * asciiUnits + unit] = 1;
    }
  }

  /** Of at least two units. Only before the first text is read. */
  add(pattern: string): void {
    const [first, second] = [pattern.charCodeAt(0), pattern.charCodeAt(1)];
    if (first < asciiUnits) this.firsts[first] = 1;
    if (first < asciiUnits && second < asciiUnits) this.beginnings[first * asciiUnits + second] = 1;
    let [stretch, read] = [this.stretches[0], 0];
    while (stretch !== undefined && read < pattern.length) {
      const child: Stretch | undefined = stretch.children?.get(pattern.charCodeAt(read));
      stretch = child ? this.shared(child, pattern, read) : this.append(stretch, pattern.slice(read));
      read += stretch.label.length;
    }
    if (stretch !== undefined) stretch.isPattern = true;
  }

  open(): MaskReader {
    return new MaskReader(this.stretches, this.firsts);
  }

  /** From `place` on, with nothing begun: the first place where a pattern or a stop may begin, or the last unit. */
  skip(text: string, from: number): number {
    let place = from;
    let unit = text.charCodeAt(place);
    // Units beyond ASCII are always looked at.
    for (; place < text.length - 1 && unit < asciiUnits; place += 1) {
      const next = text.charCodeAt(place + 1);
      if (next >= asciiUnits || this.beginnings[unit * asciiUnits + next] === 1) return place;
      unit = next;
    }
    return place;
  }

  /** The part of `child` that the pattern has as well, cut off from the rest where they part. */
  private shared(child: Stretch, pattern: string, from: number): Stretch {
    const { label, parent, depth } = child;
    let length = 1;
    while (length < label.length && label.charCodeAt(length) === pattern.charCodeAt(from + length)) length += 1;
    if (length === label.length || parent === null) return child;
    const head = this.append(parent, label.slice(0, length));
    child.parent = head;
    child.label = label.slice(length);
    child.depth = depth + length;
    head.children = new Map([[child.label.charCodeAt(0), child]]);
    return head;
  }

  private append(parent: Stretch, label: string): Stretch {
    const child = new Stretch(this.stretches.length, parent, label, parent.depth + parent.label.length);
    this.stretches.push(child);
    parent.children ??= new Map();
    parent.children.set(label.charCodeAt(0), child);
    return child;
  }
}

/** A place in the tree, moved by the units of a text. Every place that it comes to is known. */
export class MaskReader {
  private stretch: Stretch;
  /** How many units of the stretch were read; 0 only at the root, where nothing is begun. */
  private at = 0;

  constructor(
    private readonly stretches: readonly Stretch[],
    private readonly firsts: Uint8Array,
  ) {
    this.stretch = this.stretchOf(0);
  }

  /** How many units back the longest pattern begins that ends here; 0 when none ends here. */
  get matched(): number {
    return this.stretch.matches?.get(this.at) ?? 0;
  }

  /** How many units back the longest unfinished pattern begins. */
  get pending(): number {
    return this.stretch.depth + this.at;
  }

  isAt(other: MaskReader): boolean {
    return this.stretch === other.stretch && this.at === other.at;
  }

  moveTo(other: MaskReader): void {
    this.stretch = other.stretch;
    this.at = other.at;
  }

  reset(): void {
    this.stretch = this.stretchOf(0);
    this.at = 0;
  }

  take(unit: number): void {
    if (this.at === 0 && this.firsts[unit] === 0) return;
    while (!this.goOn(unit) && this.at > 0) this.fall(this.stretch, this.at);
    if (this.stretch.known < this.at) this.learn(unit);
  }

  private goOn(unit: number): boolean {
    const { label, children } = this.stretch;
    if (this.at < label.length) {
      if (label.charCodeAt(this.at) !== unit) return false;
      this.at += 1;
      return true;
    }
    const child = children?.get(unit);
    if (child === undefined) return false;
    this.stretch = child;
    this.at = 1;
    return true;
  }

  /** To the longest beginning of a pattern that is shorter and ends like the one at this place. */
  private fall({ falls }: Stretch, at: number): void {
    this.stretch = this.stretchOf(falls[2 * at - 2] ?? 0);
    this.at = falls[2 * at - 1] ?? 0;
  }

  /** The place before is known, so that it is one step from where that one falls. */
  private learn(unit: number): void {
    const { stretch, at } = this;
    const next = new MaskReader(this.stretches, this.firsts);
    if (stretch.depth + at > 1) {
      const before = at > 1 ? stretch : (stretch.parent ?? stretch);
      next.fall(before, at > 1 ? at - 1 : before.label.length);
      next.take(unit);
    }
    const isEnd = stretch.isPattern && at === stretch.label.length;
    stretch.learn(next.stretch.number, next.at, isEnd ? stretch.depth + at : next.matched);
  }

  private stretchOf(number: number): Stretch {
    const stretch = this.stretches[number];
    if (stretch === undefined) throw new Error(`The tree has no stretch ${number}.`);
    return stretch;
  }
}
