// Removes bundles that were uploaded and never deployed, so that drafts do not fill the disk for ever; rung on a schedule.
import type { Services } from "~/server/services";
import { deleteUnusedUploadAcrossWorkspaces, listUnusedUploadsAcrossWorkspaces } from "./bundles.queries";

const unusedAfterMs = 7 * 24 * 60 * 60 * 1000;
const sweptMax = 500;

/** Answers how many it removed. The row goes first: a blob without a row is harmless, a row without its blob is not. */
export async function sweepUploads(needs: Pick<Services, "across" | "blobs" | "clock" | "log">): Promise<number> {
  const before = new Date(needs.clock.now().getTime() - unusedAfterMs);
  const unused = await listUnusedUploadsAcrossWorkspaces(needs.across, before, sweptMax);
  let removed = 0;
  for (const upload of unused) {
    if (!(await deleteUnusedUploadAcrossWorkspaces(needs.across, upload))) continue;
    await needs.blobs.delete(upload.blobKey);
    removed += 1;
  }
  if (removed > 0) needs.log.info({ removed }, "removed uploads that were never deployed");
  return removed;
}
