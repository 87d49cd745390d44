// Places a version that its runtime lost, exactly as it was: the module it was built as, held against its digest (MISSION C4, D6).
import { notFound } from "~/server/errors";
import { planOf } from "~/server/plans/plans";
import type { Services } from "~/server/services";
import type { DeploymentKey } from "./deployments.jobs";
import { placeDeadlineMs } from "./in-stage";
import { placementOf } from "./placement-of";
import { readVerified } from "./read-verified";
import { findRunAcrossWorkspaces } from "./steps.queries";
import { takeBackIfUnwanted } from "./take-back-unwanted";

/** Nothing is started and no pointer moves. Rejects when its stored files are gone or altered, or the runtime refuses. */
export async function placeVersion(
  needs: Pick<Services, "across" | "blobs" | "providers" | "log">,
  key: DeploymentKey,
): Promise<void> {
  const row = await findRunAcrossWorkspaces(needs.across, key);
  if (!row || row.moduleBlobKey === null || row.moduleSha256 === null) throw notFound("deployment");
  const { moduleBlobKey: blobKey, moduleSha256: sha256 } = row;
  const bytes = await readVerified(needs, { ...key, what: "module", blobKey, sha256 });
  const placement = placementOf(row, planOf(row.tier, row.planChanges), { text: bytes.toString("utf8"), sha256 });
  const signal = AbortSignal.timeout(placeDeadlineMs[row.runtime]);
  await needs.providers
    .get(row.runtime)
    .deploy(placement, { signal })
    .finally(() => takeBackIfUnwanted(needs, row));
}
