// All patterns as one automaton (Aho-Corasick), so that the cost of masking does not grow with the number of secrets.

/** What the automaton knows after a character: the state, as a number. 0 means "nothing begun". */
export type MaskAutomaton = {
  /** The state after one more UTF-16 unit. */
  next(state: number, unit: number): number;
  /** How many units back the longest pattern begins that ends here; 0 when none ends here. */
  matched(state: number): number;
  /** How many units back the longest unfinished pattern begins. */
  pending(state: number): number;
  /** From `place` on, with nothing begun: the first place where a pattern or a unit of `stops` may begin, or the last unit. */
  skip(text: string, place: number): number;
};

const root = 0;
/** Most text begins nothing: the first step is looked up, not searched for. */
const quickUnits = 256;
const asciiUnits = 128;

/** Children of a node are a linked list in flat arrays: a node costs 22 bytes, and most have one child. */
export function createMaskAutomaton(patterns: readonly string[], stops = ""): MaskAutomaton {
  const nodesMax = patterns.reduce((sum, pattern) => sum + pattern.length, 1);
  const trie: Trie = {
    unit: new Uint16Array(nodesMax),
    firstChild: new Uint32Array(nodesMax),
    nextSibling: new Uint32Array(nodesMax),
    fallback: new Uint32Array(nodesMax),
    depth: new Uint32Array(nodesMax),
    matchLength: new Uint32Array(nodesMax),
    quick: new Uint32Array(quickUnits),
    size: 1,
  };
  for (const pattern of patterns) insertPattern(trie, pattern);
  linkFallbacks(trie);
  const beginnings = beginningsOf(patterns, stops);
  return {
    next: (state, unit) => step(trie, state, unit),
    matched: (state) => trie.matchLength[state] ?? 0,
    pending: (state) => trie.depth[state] ?? 0,
    skip: (text, place) => skip(beginnings, text, place),
  };
}

/** Which pairs of ASCII units begin a pattern, one byte for each; after a stop any unit may come. */
function beginningsOf(patterns: readonly string[], stops: string): Uint8Array {
  const pairs = new Uint8Array(asciiUnits * asciiUnits);
  for (const pattern of patterns) {
    const [first, second] = [pattern.charCodeAt(0), pattern.charCodeAt(1)];
    if (first >= asciiUnits) continue;
    if (second < asciiUnits) pairs[first * asciiUnits + second] = 1;
  }
  for (const stop of stops) pairs.fill(1, stop.charCodeAt(0) * asciiUnits, (stop.charCodeAt(0) + 1) * asciiUnits);
  // What stands before a stop may be the first unit of a value whose second is escaped.
  for (let first = 0; first < asciiUnits; first += 1)
    for (const stop of stops) pairs[first * asciiUnits + stop.charCodeAt(0)] = 1;
  return pairs;
}

/** Units beyond ASCII are always looked at. */
function skip(beginnings: Uint8Array, text: string, from: number): number {
  let place = from;
  let unit = text.charCodeAt(place);
  for (; place < text.length - 1 && unit < asciiUnits; place += 1) {
    const next = text.charCodeAt(place + 1);
    if (next >= asciiUnits || beginnings[unit * asciiUnits + next] === 1) return place;
    unit = next;
  }
  return place;
}

type Trie = Record<"firstChild" | "nextSibling" | "fallback" | "depth" | "matchLength" | "quick", Uint32Array> & {
  unit: Uint16Array;
  size: number;
};

function insertPattern(trie: Trie, pattern: string): void {
  let node = root;
  for (let position = 0; position < pattern.length; position += 1) {
    const unit = pattern.charCodeAt(position);
    node = childOf(trie, node, unit) || appendChild(trie, node, unit);
  }
  trie.matchLength[node] = pattern.length;
}

function appendChild(trie: Trie, parent: number, unit: number): number {
  const node = trie.size;
  trie.size += 1;
  trie.unit[node] = unit;
  trie.depth[node] = (trie.depth[parent] ?? 0) + 1;
  trie.nextSibling[node] = trie.firstChild[parent] ?? 0;
  trie.firstChild[parent] = node;
  if (parent === root && unit < quickUnits) trie.quick[unit] = node;
  return node;
}

function childOf(trie: Trie, node: number, unit: number): number {
  if (node === root && unit < quickUnits) return trie.quick[unit] ?? 0;
  let child = trie.firstChild[node] ?? 0;
  while (child !== 0 && trie.unit[child] !== unit) child = trie.nextSibling[child] ?? 0;
  return child;
}

/** Breadth first, so that a node's fallback is finished before the node's children ask for it. */
function linkFallbacks(trie: Trie): void {
  const queue = new Uint32Array(trie.size);
  let queued = 1;
  for (let position = 0; position < queued; position += 1) {
    const parent = queue[position] ?? root;
    for (let node = trie.firstChild[parent] ?? 0; node !== 0; node = trie.nextSibling[node] ?? 0) {
      const fallback = parent === root ? root : step(trie, trie.fallback[parent] ?? root, trie.unit[node] ?? 0);
      trie.fallback[node] = fallback;
      trie.matchLength[node] = Math.max(trie.matchLength[node] ?? 0, trie.matchLength[fallback] ?? 0);
      queue[queued] = node;
      queued += 1;
    }
  }
}

function step(trie: Trie, state: number, unit: number): number {
  let node = state;
  for (;;) {
    const child = childOf(trie, node, unit);
    if (child !== 0) return child;
    if (node === root) return root;
    node = trie.fallback[node] ?? root;
  }
}
