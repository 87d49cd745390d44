// The 26 characters of every id: time first, then 80 random bits, which are fetched many at a time.
import { ulid } from "ulid";

const pool = new Uint8Array(4_096);
let position = pool.length;

/** `ulid` asks for one random number per character, and by itself would go to the system for each. */
export function newUlid(): string {
  return ulid(undefined, nextRandom);
}

function nextRandom(): number {
  if (position === pool.length) {
    crypto.getRandomValues(pool);
    position = 0;
  }
  const byte = pool[position] ?? 0;
  position += 1;
  return byte / 256;
}
