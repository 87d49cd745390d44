// Unpacks one entry with a hard cap on its output, and holds it to its size and checksum (MISSION C2: enforced while inflating).
import { crc32, createInflateRaw, inflateRawSync } from "node:zlib";
import { type LocatedEntry, methods } from "./archive-entry";
import { refuseBundle, shownName } from "./bundle-refusal";

/** Up to here one synchronous call is cheaper than a stream, and blocks the event loop for a few milliseconds only. */
const atOnceBytesMax = 1024 * 1024;
const chunkBytes = 64 * 1024;

/** Hands the unpacked bytes to `take`, in one piece or several. Rejects with a bundle refusal; then `take` may have seen a part. */
export async function readEntry(zip: Buffer, entry: LocatedEntry, take: (bytes: Buffer) => void | Promise<void>): Promise<void> {
  const packed = zip.subarray(entry.dataStart, entry.dataStart + entry.compressedBytes);
  if (entry.method === methods.store || entry.sizeBytes <= atOnceBytesMax) {
    const bytes = entry.method === methods.store ? packed : inflateAtOnce(packed, entry);
    assertChecksum(crc32(bytes), entry);
    await take(bytes);
    return;
  }
  await inflateInPieces(packed, entry, take);
}

type Inflated = { buffer: Buffer; engine: { bytesWritten: number } };

function inflateAtOnce(packed: Buffer, entry: LocatedEntry): Buffer {
  // One byte more than announced: output that does not fit is a lie, and no second buffer is ever made.
  const options = { maxOutputLength: entry.sizeBytes + 1, chunkSize: Math.max(64, entry.sizeBytes + 1), info: true };
  let inflated: Inflated;
  try {
    inflated = inflateRawSync(packed, options) as unknown as Inflated;
  } catch (error) {
    throw refusalOf(error as NodeJS.ErrnoException, entry);
  }
  assertWhole(entry, inflated.buffer.length, inflated.engine.bytesWritten);
  return inflated.buffer;
}

async function inflateInPieces(
  packed: Buffer,
  entry: LocatedEntry,
  take: (bytes: Buffer) => void | Promise<void>,
): Promise<void> {
  const inflate = createInflateRaw({ chunkSize: chunkBytes });
  let sizeBytes = 0;
  let checksum = 0;
  inflate.end(packed);
  const chunks = inflate[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    for (let next = await nextChunk(chunks, entry); next; next = await nextChunk(chunks, entry)) {
      sizeBytes += next.length;
      if (sizeBytes > entry.sizeBytes) throw refuseBundle("bundle_size_mismatch", shownOf(entry));
      checksum = crc32(next, checksum);
      await take(next);
    }
  } finally {
    inflate.destroy();
  }
  assertWhole(entry, sizeBytes, inflate.bytesWritten);
  assertChecksum(checksum, entry);
}

async function nextChunk(chunks: AsyncIterator<Buffer>, entry: LocatedEntry): Promise<Buffer | null> {
  try {
    const next = await chunks.next();
    return next.done ? null : next.value;
  } catch (error) {
    throw refusalOf(error as NodeJS.ErrnoException, entry);
  }
}

/** All of the input must have been used: what follows the last block would be seen by other readers or hidden from them. */
function assertWhole(entry: LocatedEntry, sizeBytes: number, usedBytes: number): void {
  if (sizeBytes !== entry.sizeBytes) throw refuseBundle("bundle_size_mismatch", shownOf(entry));
  if (usedBytes !== entry.compressedBytes) throw refuseBundle("bundle_hidden_data", shownOf(entry));
}

function assertChecksum(checksum: number, entry: LocatedEntry): void {
  if (checksum !== entry.crc32) throw refuseBundle("bundle_checksum", shownOf(entry));
}

function refusalOf(error: NodeJS.ErrnoException, entry: LocatedEntry) {
  const reason = error.code === "ERR_BUFFER_TOO_LARGE" ? "bundle_size_mismatch" : "bundle_broken_data";
  return refuseBundle(reason, shownOf(entry));
}

function shownOf(entry: LocatedEntry): string {
  return shownName(entry.nameRaw.toString("utf8"));
}
