// Removes the zips that no kept version uses any more. The upload's row stays, for the history of what was deployed.
import { inTransaction } from "~/db/transaction";
import type { Services } from "~/server/services";
import {
  findKeptVersionOfUploadAcrossWorkspaces,
  listUploadBlobsToRemoveAcrossWorkspaces,
  listUploadsToPruneAcrossWorkspaces,
  lockUploadAcrossWorkspaces,
  setUploadBlobRemovedAcrossWorkspaces,
  setUploadPrunedAcrossWorkspaces,
} from "./prune.queries";

const uploadsMax = 500;

/** Answers how many zips it removed. Marked first, removed then: whoever deploys the upload finds the mark or keeps the zip. */
export async function removePrunedBundles(needs: Pick<Services, "across" | "clock" | "blobs">): Promise<number> {
  for (const upload of await listUploadsToPruneAcrossWorkspaces(needs.across, uploadsMax)) await markUnused(needs, upload);
  const marked = await listUploadBlobsToRemoveAcrossWorkspaces(needs.across, uploadsMax);
  for (const upload of marked) {
    await needs.blobs.delete(upload.blobKey);
    await setUploadBlobRemovedAcrossWorkspaces(needs.across, upload, needs.clock.now());
  }
  return marked.length;
}

function markUnused(needs: Pick<Services, "across" | "clock">, upload: { id: string; workspaceId: string }): Promise<void> {
  return inTransaction(needs.across, async (tx) => {
    if (!(await lockUploadAcrossWorkspaces(tx, upload))) return;
    if (await findKeptVersionOfUploadAcrossWorkspaces(tx, upload)) return;
    await setUploadPrunedAcrossWorkspaces(tx, upload, needs.clock.now());
  });
}
