// The golden calls of a version, read from its stored bundle: the digest of the whole zip is held against the recorded one first.
import { posix } from "node:path";
import { type GoldenCase, goldenFileBytesMax } from "~/server/bundles/golden.contract";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { type OpenedBundle, openBundle } from "~/server/bundles/open-bundle";
import { parseGolden } from "~/server/bundles/parse-golden";
import { readEntry } from "~/server/bundles/read-entry";
import { AppError } from "~/server/errors";
import type { Run } from "./held-run";
import { readVerified } from "./read-verified";

/** `name` is the file, and the place in it when it holds several. */
export type Golden = GoldenCase & { name: string };

/** Of one deployment; with the deadline of the stage this bounds what a deployment may call for nothing. */
export const goldenCallsMax = 50;

/** Rejects with `DEPLOYMENT_FAILED`: the file is not in the bundle, is no golden file, or there are too many calls. */
export async function readGoldens(run: Run): Promise<Golden[]> {
  const { golden: paths } = run.row.manifest as Manifest;
  if (paths.length === 0) return [];
  const file = { ...run.key, what: "bundle" as const, blobKey: run.row.bundleBlobKey, sha256: run.row.bundleSha256 };
  const bundle = await openBundle(await readVerified(run.needs, file));
  const goldens: Golden[] = [];
  for (const path of paths) goldens.push(...(await readFile(bundle, path)));
  if (goldens.length > goldenCallsMax) {
    throw failed("golden_too_many", `The bundle asks for ${goldens.length} golden calls; at most ${goldenCallsMax} are made.`);
  }
  return goldens;
}

async function readFile(bundle: OpenedBundle, path: string): Promise<Golden[]> {
  const entry = bundle.entries.get(posix.normalize(path));
  if (!entry) throw failed("golden_missing", `The manifest names the golden file "${path}", which is not in the bundle.`);
  const pieces: Buffer[] = [];
  const isSmall = entry.sizeBytes <= goldenFileBytesMax;
  if (isSmall) await readEntry(bundle.zip, entry, (bytes) => void pieces.push(bytes));
  try {
    const cases = parseGolden(path, isSmall ? Buffer.concat(pieces) : null);
    return cases.map((golden, index) => ({ ...golden, name: cases.length === 1 ? path : `${path}#${index + 1}` }));
  } catch (error) {
    throw error instanceof AppError ? failed("golden_invalid", error.message, error) : error;
  }
}

function failed(reason: string, message: string, cause?: unknown): AppError {
  return new AppError("DEPLOYMENT_FAILED", message, { details: { reason }, cause });
}
