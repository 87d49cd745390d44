// Takes back what was placed for nothing: while it was on its way its version was cancelled, failed, pruned, or its agent deleted.
import type { Services } from "~/server/services";
import { destroyPlacement } from "./destroy-placement";
import { findWantedAcrossWorkspaces } from "./prune.queries";

type Needs = Pick<Services, "across" | "providers" | "log">;

/** For whoever places a version without holding a lock meanwhile, once that has ended, well or not. A dead one's the sweep finds. */
export async function takeBackIfUnwanted(needs: Needs, row: Parameters<typeof destroyPlacement>[1]): Promise<void> {
  const wanted = await findWantedAcrossWorkspaces(needs.across, { deploymentId: row.id, workspaceId: row.workspaceId });
  if (!wanted) await destroyPlacement(needs, row);
}
