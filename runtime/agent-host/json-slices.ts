// A long text as JSON, a slice at a time: masked and escaped in turns, so that what one agent says keeps no other's call waiting.
import type { TextMask } from "~/runtime/redaction/mask-text";

/** In UTF-16 units: a few milliseconds of a text that was made to be slow. */
export const sliceUnits = 32 * 1024;

/** `isWhole`: nothing follows, so nothing is held back. Pieces together are what stands between the quotes; each comes in a turn of its own. */
export async function* jsonSlices(mask: TextMask, text: string, isWhole: boolean): AsyncGenerator<string, void> {
  let half = "";
  for (let from = 0; from < text.length; from += sliceUnits) {
    if (from > 0) await new Promise((resolve) => setImmediate(resolve));
    const isLast = from + sliceUnits >= text.length;
    const masked = half + mask.push(text.slice(from, from + sliceUnits)) + (isLast && isWhole ? mask.flush() : "");
    half = isLast ? "" : halfAtEnd(masked);
    yield escaped(masked.slice(0, masked.length - half.length));
  }
}

/** Of a pair of units that make one character, the first: by itself it would be written as another. */
function halfAtEnd(text: string): string {
  return /[\ud800-\udbff]$/.exec(text)?.[0] ?? "";
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
