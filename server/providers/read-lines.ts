// Bytes as lines, wherever they are cut: each byte is handled once, so that one endless line costs a shared process no more than many short ones.

const newline = 10;
const heldAtFirst = 4_096;

/** `isWhole`: what follows the last line's end is a line that lacks only that. */
export type LineRules = { bytesMax: number; tooLong(): Error; isWhole(rest: string): boolean };

/** Throws what `tooLong` makes of a line that is longer than `bytesMax`. */
export async function* readLines(
  body: AsyncIterable<Buffer>,
  { bytesMax, tooLong, isWhole }: LineRules,
): AsyncGenerator<string, void, undefined> {
  let held = Buffer.alloc(heldAtFirst);
  let size = 0;

  function hold(bytes: Buffer): void {
    const needed = size + bytes.length;
    if (needed > bytesMax) throw tooLong();
    if (needed > held.length) {
      const wider = Buffer.alloc(Math.max(needed, 2 * held.length));
      wider.set(held.subarray(0, size));
      held = wider;
    }
    held.set(bytes, size);
    size = needed;
  }

  for await (const chunk of body) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      hold(chunk.subarray(from, end));
      yield held.toString("utf8", 0, size);
      size = 0;
      from = end + 1;
    }
    hold(chunk.subarray(from));
  }
  const rest = held.toString("utf8", 0, size);
  if (rest !== "" && isWhole(rest)) yield rest;
}
