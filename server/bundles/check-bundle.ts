// Checks an uploaded zip from its first byte to its golden files (MISSION C2, C3); unpacks in memory only and writes nothing.
import { createHash } from "node:crypto";
import type { BundleFile } from "~/db/tables/uploads";
import { AppError } from "~/server/errors";
import type { ArchiveFile } from "./archive-entry";
import { manifestPath } from "./drop-wrapping";
import { goldenFileBytesMax } from "./golden.contract";
import type { Manifest } from "./manifest.contract";
import { parseGolden } from "./parse-golden";
import { goldenPathsOf, type ManifestSurroundings, manifestBytesMax, parseManifest } from "./parse-manifest";
import { type BundleLimits, readArchive } from "./read-archive";
import { readEntry } from "./read-entry";
import { listSecretWarnings } from "./secret-warnings";

export type CheckedBundle = { manifest: Manifest; files: BundleFile[]; warnings: string[] };

export type BundleSurroundings = Omit<ManifestSurroundings, "paths">;

/**
 * Rejects with `INVALID_REQUEST`: `details.reason` is one of `bundleRefusals`, or `manifest_missing`, `manifest_invalid`,
 * `golden_invalid`. Memory: the zip, and at most about 1 MiB more.
 */
export async function checkBundle(zip: Buffer, limits: BundleLimits, surroundings: BundleSurroundings): Promise<CheckedBundle> {
  assertZipSize(zip, limits);
  const archive = await readArchive(zip, limits);
  const paths = new Map(archive.files.map((file) => [file.path, file]));
  const manifest = parseManifest(await readSmall(zip, paths.get(manifestPath), manifestBytesMax), {
    ...surroundings,
    paths: new Set(paths.keys()),
  });
  for (const path of goldenPathsOf(manifest)) {
    parseGolden(path, await readSmall(zip, paths.get(path), goldenFileBytesMax));
  }
  const files = await hashFiles(zip, archive.files);
  return { manifest, files, warnings: [...archive.warnings, ...listSecretWarnings(new Set(paths.keys()))] };
}

function assertZipSize(zip: Buffer, limits: BundleLimits): void {
  if (zip.length <= limits.bundleBytesMax) return;
  throw new AppError("PAYLOAD_TOO_LARGE", `The zip is larger than ${Math.floor(limits.bundleBytesMax / 1024 / 1024)} MiB.`);
}

/** Null: there is no such file, or it is too large for what it is. */
async function readSmall(zip: Buffer, file: ArchiveFile | undefined, bytesMax: number): Promise<Buffer | null> {
  if (!file || file.entry.sizeBytes > bytesMax) return null;
  const pieces: Buffer[] = [];
  await readEntry(zip, file.entry, (bytes) => void pieces.push(bytes));
  return Buffer.concat(pieces);
}

async function hashFiles(zip: Buffer, files: ArchiveFile[]): Promise<BundleFile[]> {
  const hashed: BundleFile[] = [];
  for (const { path, entry } of files) {
    const hash = createHash("sha256");
    await readEntry(zip, entry, (bytes) => void hash.update(bytes));
    hashed.push({ path, sizeBytes: entry.sizeBytes, sha256: hash.digest("hex") });
  }
  return hashed.sort((a, b) => (a.path < b.path ? -1 : 1));
}
