// Bytes as lines, wherever they are cut: each byte is handled once, so that one endless line costs a shared process no more than many short ones.

const newline = 10;
const heldAtFirst = 4_096;
/** What one long line took is not kept for the short ones behind it. */
const keptBytesMax = 65_536;

/** `isWhole`: what follows the last line's end is a line that lacks only that. */
export type LineRules = {
  bytesMax: number;
  tooLong(): Error;
  isWhole(rest: string): boolean;
  /** Told how much memory a line takes that has not ended, whenever that changes. */
  onHeld?(bytes: number): void;
};

/** Throws what `tooLong` makes of a line that is longer than `bytesMax`. */
export async function* readLines(
  body: AsyncIterable<Buffer>,
  { bytesMax, tooLong, isWhole, onHeld }: LineRules,
): AsyncGenerator<string, void, undefined> {
  let held = Buffer.alloc(heldAtFirst);
  let size = 0;

  function hold(bytes: Buffer): void {
    const needed = size + bytes.length;
    if (needed > bytesMax) throw tooLong();
    if (needed > held.length) {
      const wider = Buffer.alloc(Math.max(needed, Math.min(2 * held.length, bytesMax)));
      wider.set(held.subarray(0, size));
      held = wider;
      onHeld?.(held.length);
    }
    held.set(bytes, size);
    size = needed;
  }

  function shrink(): void {
    size = 0;
    if (held.length <= keptBytesMax) return;
    held = Buffer.alloc(heldAtFirst);
    onHeld?.(0);
  }

  for await (const chunk of body) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      hold(chunk.subarray(from, end));
      yield held.toString("utf8", 0, size);
      shrink();
      from = end + 1;
    }
    hold(chunk.subarray(from));
  }
  const rest = held.toString("utf8", 0, size);
  if (rest !== "" && isWhole(rest)) yield rest;
}
