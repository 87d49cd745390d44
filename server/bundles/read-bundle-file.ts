// Reads one file out of a stored bundle, and holds it against the digest that the upload door recorded for it.
import { createHash } from "node:crypto";
import type { BundleFile } from "~/db/tables/uploads";
import { AppError } from "~/server/errors";
import type { OpenedBundle } from "./open-bundle";
import { readEntry } from "./read-entry";

/** `file` is one of the recorded files; nothing else is looked up by what a caller wrote. Rejects with `DEPLOYMENT_FAILED`. */
export async function readBundleFile(bundle: OpenedBundle, file: BundleFile): Promise<Buffer> {
  const entry = bundle.entries.get(file.path);
  if (!entry || entry.sizeBytes !== file.sizeBytes) throw alteredFile(file);
  const pieces: Buffer[] = [];
  await readEntry(bundle.zip, entry, (bytes) => void pieces.push(bytes));
  const bytes = Buffer.concat(pieces);
  if (createHash("sha256").update(bytes).digest("hex") !== file.sha256) throw alteredFile(file);
  return bytes;
}

function alteredFile({ path }: BundleFile): AppError {
  return new AppError("DEPLOYMENT_FAILED", `"${path}" is not what was recorded of it. Upload the bundle again and deploy that.`, {
    details: { reason: "bundle_altered" },
  });
}
