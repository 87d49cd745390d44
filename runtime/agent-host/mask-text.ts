// Masks secret values in text that comes in pieces; of each piece only what may be the beginning of a value is held back.
import { createMaskAutomaton, type MaskAutomaton } from "./mask-automaton";
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
  const automaton = createMaskAutomaton(patterns);
  return {
    open: () => openMask(automaton),
    mask: (whole) => {
      const mask = openMask(automaton);
      return mask.push(whole) + mask.flush();
    },
  };
}

type Span = { start: number; end: number };

/** Overlapping values are masked as one. Positions count from the beginning of `held`. */
function openMask(automaton: MaskAutomaton): TextMask {
  let held = "";
  let spans: Span[] = [];
  let state = 0;

  function take(end: number): string {
    const out = render(held, spans, end);
    held = held.slice(end);
    spans = spans.filter((span) => span.end > end).map((span) => ({ start: span.start - end, end: span.end - end }));
    return out;
  }

  return {
    push(piece) {
      const scannedFrom = held.length;
      held += piece;
      for (let position = scannedFrom; position < held.length; position += 1) {
        state = automaton.next(state, held.charCodeAt(position));
        const length = automaton.matched(state);
        if (length > 0) addSpan(spans, { start: position + 1 - length, end: position + 1 });
      }
      return take(safeEnd(held.length - automaton.pending(state), spans));
    },
    flush() {
      state = 0;
      return take(held.length);
    },
  };
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
    spans.pop();
    last = spans.at(-1);
  }
  spans.push(added);
}

function render(text: string, spans: readonly Span[], end: number): string {
  let out = "";
  let position = 0;
  for (const span of spans) {
    if (span.end > end) break;
    out += text.slice(position, span.start) + maskText;
    position = span.end;
  }
  return out + text.slice(position, end);
}
