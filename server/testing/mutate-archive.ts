// Mutates archives: flipped bits, numbers at the edges, parts cut, doubled, moved and borrowed, with checksums often made right again.
import { crc32, deflateRawSync } from "node:zlib";

/** A number below `below`. */
export type Random = (below: number) => number;

const edges = [
  0, 1, 2, 4, 8, 0x14, 0x2d, 0x7f, 0x80, 0xff, 0x800, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];
const signatures = ["504b0304", "504b0102", "504b0506", "504b0606", "504b0607", "504b0708"].map((hex) => Buffer.from(hex, "hex"));
const words = ["../", "..\\", "/", "C:", "\0", "%2e%2e/", "\u202e", "agent.config.json", "index.ts", "INDEX.TS", "a/", "\ufeff"];
const mutationsMax = 4;

/** The same numbers for the same seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, below);
  };
}

/** A new archive, one to four mutations away; `others` lend their parts. */
export function mutateArchive(zip: Buffer, others: readonly Buffer[], random: Random): Buffer {
  let mutant: Buffer = Buffer.from(zip);
  for (let left = 1 + random(mutationsMax); left > 0 && mutant.length > 0; left -= 1) {
    const mutate = mutations[random(mutations.length)] ?? flipBit;
    mutant = mutate(mutant, random, others);
  }
  return mutant;
}

type Mutation = (zip: Buffer, random: Random, others: readonly Buffer[]) => Buffer;

const mutations: Mutation[] = [
  flipBit,
  (zip, random) => overwrite(zip, random(zip.length), Buffer.from([random(256)])),
  writeEdge,
  writeEdge,
  changeHeader,
  changeHeader,
  changeHeader,
  (zip, random) => overwrite(zip, random(zip.length), pick(signatures, random)),
  (zip, random) => overwrite(zip, random(zip.length), Buffer.from(pick(words, random))),
  (zip, random) => zip.subarray(0, random(zip.length)),
  (zip, random) => without(zip, random(zip.length), 1 + random(40)),
  (zip, random) => inserted(zip, random(zip.length), part(zip, random)),
  (zip, random, others) => inserted(zip, random(zip.length), part(pick(others, random), random)),
  (zip, random, others) => Buffer.concat([zip, pick(others, random)]).subarray(0, 256 * 1024),
  swapContent,
];

function flipBit(zip: Buffer, random: Random): Buffer {
  const at = random(zip.length);
  return overwrite(zip, at, Buffer.from([(zip[at] ?? 0) ^ (1 << random(8))]));
}

function writeEdge(zip: Buffer, random: Random): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(pick(edges, random), 0);
  if (random(2) === 0) bytes.writeUInt32LE(pick(edges, random), 4);
  return overwrite(zip, random(zip.length), bytes.subarray(0, pick([1, 2, 4, 8], random)));
}

/** One field of one header: random bytes rarely meet one. */
function changeHeader(zip: Buffer, random: Random): Buffer {
  const at = headerAt(zip, pick(signatures, random), random);
  if (at < 0) return flipBit(zip, random);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(random(3) === 0 ? random(zip.length) : pick(edges, random), 0);
  return overwrite(zip, at + 4 + random(42), bytes.subarray(0, pick([1, 2, 4], random)));
}

/** Other content under a true checksum: what comes behind the checksum must hold by itself. */
function swapContent(zip: Buffer, random: Random): Buffer {
  const at = headerAt(zip, signatures[0] as Buffer, random);
  if (at < 0 || at + 30 > zip.length) return flipBit(zip, random);
  const content = Buffer.alloc(random(400), random(256));
  const packed = deflateRawSync(content);
  const start = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
  const mutant = inserted(without(zip, start, zip.readUInt32LE(at + 18) % 70_000), start, packed);
  if (at + 26 > mutant.length) return mutant;
  mutant.writeUInt32LE(crc32(content), at + 14);
  mutant.writeUInt32LE(packed.length, at + 18);
  mutant.writeUInt32LE(content.length, at + 22);
  return mutant;
}

function headerAt(zip: Buffer, signature: Buffer, random: Random): number {
  const from = random(zip.length);
  const behind = zip.indexOf(signature, from);
  return behind >= 0 ? behind : zip.lastIndexOf(signature, from);
}

function overwrite(zip: Buffer, at: number, bytes: Buffer): Buffer {
  const mutant = Buffer.from(zip);
  bytes.copy(mutant, at);
  return mutant;
}

function without(zip: Buffer, at: number, bytes: number): Buffer {
  return Buffer.concat([zip.subarray(0, at), zip.subarray(at + bytes)]);
}

function inserted(zip: Buffer, at: number, bytes: Buffer): Buffer {
  return Buffer.concat([zip.subarray(0, at), bytes, zip.subarray(at)]);
}

function part(zip: Buffer, random: Random): Buffer {
  const at = random(zip.length);
  return zip.subarray(at, at + 1 + random(200));
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[random(from.length)] as T;
}
