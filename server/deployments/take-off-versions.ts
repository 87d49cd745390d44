// Takes pruned, failed and cancelled versions off their runtimes, again and again until each runtime confirmed it (MISSION D6).
import type { Services } from "~/server/services";
import { moduleBlobKeyOf } from "./build-stage";
import { destroyPlacement } from "./destroy-placement";
import { listToTakeOffAcrossWorkspaces, setPlacementRemovedAcrossWorkspaces } from "./prune.queries";

type Needs = Pick<Services, "across" | "clock" | "blobs" | "providers" | "log">;

/** A worker that lost its lease may still be placing it; its stage has ended by then. */
const graceMs = 45_000;
const pageMax = 200;
const pagesMax = 10;

export type TakenOff = { takenOff: number; unreachable: number };

/** Goes past what cannot be reached now, so that one runtime that is down holds no other up. */
export async function takeOffVersions(needs: Needs): Promise<TakenOff> {
  const finishedBefore = new Date(needs.clock.now().getTime() - graceMs);
  const sum: TakenOff = { takenOff: 0, unreachable: 0 };
  let afterId = "";
  for (let page = 0; page < pagesMax; page += 1) {
    const rows = await listToTakeOffAcrossWorkspaces(needs.across, { finishedBefore, afterId, limit: pageMax });
    for (const row of rows) {
      if (await takeOff(needs, row)) sum.takenOff += 1;
      else sum.unreachable += 1;
    }
    afterId = rows.at(-1)?.id ?? afterId;
    if (rows.length < pageMax) break;
  }
  return sum;
}

type Placed = Parameters<typeof destroyPlacement>[1];

/** Whether it is gone from its runtime, and its module from storage. */
export async function takeOff(needs: Needs, row: Placed): Promise<boolean> {
  const key = { deploymentId: row.id, workspaceId: row.workspaceId };
  if (!(await destroyPlacement(needs, row))) return false;
  await needs.blobs.delete(moduleBlobKeyOf(key));
  await setPlacementRemovedAcrossWorkspaces(needs.across, key, needs.clock.now());
  return true;
}
