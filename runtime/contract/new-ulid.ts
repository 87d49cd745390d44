// The 26 characters of every id: the time, the order of those of one millisecond, then chance, which is fetched many bytes at a time.
import { encodeTime } from "ulid";

const [timeLength, orderLength, chanceLength] = [10, 8, 8];
const pool = new Uint8Array(4_096);
let position = pool.length;
let lastMs = 0;
let order = 0;

/** As texts those of one process come in the order in which they were made, also within a millisecond; none can be guessed from another. */
export function newUlid(): string {
  const nowMs = Date.now();
  // It begins in the lower half of what fits: any number of ids have room behind it.
  order = nowMs === lastMs ? order + 1 : Math.floor(next40Bits() / 2);
  lastMs = nowMs;
  return encodeTime(nowMs, timeLength) + encodeTime(order, orderLength) + encodeTime(next40Bits(), chanceLength);
}

function next40Bits(): number {
  let bits = 0;
  for (let byte = 0; byte < 5; byte += 1) bits = bits * 256 + nextByte();
  return bits;
}

function nextByte(): number {
  if (position === pool.length) {
    crypto.getRandomValues(pool);
    position = 0;
  }
  const byte = pool[position] ?? 0;
  position += 1;
  return byte;
}
