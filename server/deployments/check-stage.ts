// Stage "checked": the stored zip is still the one that was uploaded, and lies unpacked in a private folder (MISSION C4, C5).
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { extractBundle } from "~/server/bundles/extract-bundle";
import { incomingDirectory } from "~/server/bundles/incoming-directory";
import { AppError } from "~/server/errors";
import { type Run, say } from "./held-run";
import { readVerified } from "./read-verified";

/** Answers the folder; whoever runs the deployment removes it. */
export async function checkStage(run: Run, directory: string): Promise<void> {
  const zip = await readVerified(run.needs, {
    ...run.key,
    what: "bundle",
    blobKey: run.row.bundleBlobKey,
    sha256: run.row.bundleSha256,
  });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  try {
    await extractBundle(zip, run.plan, directory);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError("DEPLOYMENT_FAILED", error.message, {
      details: { reason: error.details.reason ?? "bundle_refused" },
      cause: error,
    });
  }
  await say(run, "checked", "info", [`The bundle is unchanged: sha256 ${run.row.bundleSha256}.`]);
}

/** Named after the lease, so that a worker that lost it does not share the folder with the one that has it. */
export function unpackDirectory(run: Pick<Run, "needs" | "key">): string {
  return join(incomingDirectory(run.needs.config), `unpacked-${run.key.leaseId}`);
}
