// Checks an uploaded zip from its first byte to its manifest (MISSION C2, C3); unpacks in memory only and writes nothing.
import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { BundleFile } from "~/db/tables/uploads";
import { AppError } from "~/server/errors";
import type { ArchiveFile } from "./archive-entry";
import { manifestPath } from "./drop-wrapping";
import type { Manifest } from "./manifest.contract";
import { type ManifestSurroundings, manifestBytesMax, parseManifest } from "./parse-manifest";
import { type BundleLimits, readArchive } from "./read-archive";
import { readEntry } from "./read-entry";
import { listSecretWarnings } from "./secret-warnings";

export type CheckedBundle = { manifest: Manifest; files: BundleFile[]; warnings: string[] };

/** After this many unpacked bytes other requests get their turn. */
const turnBytes = 512 * 1024;

/**
 * Rejects with `INVALID_REQUEST`: `details.reason` is one of `bundleRefusals`, or `manifest_missing`, `manifest_invalid`.
 * Memory: the zip, and at most about 1 MiB more.
 */
export async function checkBundle(
  zip: Buffer,
  limits: BundleLimits,
  surroundings: Omit<ManifestSurroundings, "paths">,
): Promise<CheckedBundle> {
  assertZipSize(zip, limits);
  const archive = await readArchive(zip, limits);
  const paths = new Set(archive.files.map((file) => file.path));
  const manifest = parseManifest(await readManifest(zip, archive.files), { ...surroundings, paths });
  const files = await hashFiles(zip, archive.files);
  return { manifest, files, warnings: [...archive.warnings, ...listSecretWarnings(paths)] };
}

function assertZipSize(zip: Buffer, limits: BundleLimits): void {
  if (zip.length <= limits.bundleBytesMax) return;
  throw new AppError("PAYLOAD_TOO_LARGE", `The zip is larger than ${Math.floor(limits.bundleBytesMax / 1024 / 1024)} MiB.`);
}

async function readManifest(zip: Buffer, files: ArchiveFile[]): Promise<Buffer | null> {
  const file = files.find((candidate) => candidate.path === manifestPath);
  if (!file || file.entry.sizeBytes > manifestBytesMax) return null;
  const pieces: Buffer[] = [];
  await readEntry(zip, file.entry, (bytes) => void pieces.push(bytes));
  return Buffer.concat(pieces);
}

async function hashFiles(zip: Buffer, files: ArchiveFile[]): Promise<BundleFile[]> {
  const hashed: BundleFile[] = [];
  let untilTurn = turnBytes;
  for (const { path, entry } of files) {
    const hash = createHash("sha256");
    await readEntry(zip, entry, (bytes) => void hash.update(bytes));
    hashed.push({ path, sizeBytes: entry.sizeBytes, sha256: hash.digest("hex") });
    untilTurn -= entry.sizeBytes;
    if (untilTurn > 0) continue;
    untilTurn = turnBytes;
    await nextTurn();
  }
  return hashed.sort((a, b) => (a.path < b.path ? -1 : 1));
}
