// The commit that a zip was made of, as git writes it: into the archive's comment (git-archive, "commit ID as comment").
import { open } from "node:fs/promises";

const endBytes = 22;
const commitBytes = 40;
const endSignature = 0x06054b50;

/** Null when the archive does not say. What it says is GitHub's word, over the same connection as the files themselves. */
export async function commitOfArchive(path: string): Promise<string | null> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(endBytes + commitBytes);
    if (size < tail.length) return null;
    await file.read(tail, 0, tail.length, size - tail.length);
    if (tail.readUInt32LE(0) !== endSignature || tail.readUInt16LE(endBytes - 2) !== commitBytes) return null;
    const comment = tail.toString("latin1", endBytes);
    return /^[0-9a-f]{40}$/.test(comment) ? comment : null;
  } finally {
    await file.close();
  }
}
