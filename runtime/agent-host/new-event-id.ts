// Ids of telemetry events: the house's form of id, made from random bytes that are fetched many at a time.
import { randomFillSync } from "node:crypto";
import { ulid } from "ulid";

const pool = new Uint8Array(4_096);
let position = pool.length;

/** `ulid` asks for one random number per character, and by itself would go to the system for each. */
export function newEventId(): string {
  return `evt_${ulid(undefined, nextRandom)}`;
}

function nextRandom(): number {
  if (position === pool.length) {
    randomFillSync(pool);
    position = 0;
  }
  const byte = pool[position] ?? 0;
  position += 1;
  return byte / 256;
}
