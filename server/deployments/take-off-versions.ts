// Takes pruned, failed and cancelled versions off their runtimes, again and again until each runtime confirmed it (MISSION D6).
import type { Services } from "~/server/services";
import { moduleBlobKeyOf } from "./build-stage";
import { destroyPlacement } from "./destroy-placement";
import { placeDeadlineMs } from "./in-stage";
import { listToTakeOffAcrossWorkspaces, setPlacementRemovedAcrossWorkspaces } from "./prune.queries";

type Needs = Pick<Services, "across" | "clock" | "blobs" | "providers" | "log">;

/** Past the deadline of placing, for so long a worker that lost its lease, or a request that was on its way, may still place it. */
const afterDeadlineMs = 15_000;
const pageMax = 200;
const pagesMax = 10;

export type TakenOff = { takenOff: number; unreachable: number };

/** Goes past what cannot be reached now, so that one runtime that is down holds no other up. */
export async function takeOffVersions(needs: Needs): Promise<TakenOff> {
  const sum: TakenOff = { takenOff: 0, unreachable: 0 };
  let afterId = "";
  for (let page = 0; page < pagesMax; page += 1) {
    const rows = await listToTakeOffAcrossWorkspaces(needs.across, { afterId, limit: pageMax });
    for (const row of rows) {
      const taken = await takeOff(needs, row, [row.finishedAt, row.prunedAt]);
      if (taken === "gone") sum.takenOff += 1;
      if (taken === "unreachable") sum.unreachable += 1;
    }
    afterId = rows.at(-1)?.id ?? afterId;
    if (rows.length < pageMax) break;
  }
  return sum;
}

type Placed = Parameters<typeof destroyPlacement>[1];

/**
 * `gone` from its runtime for good, and its module from storage. `again`: it is gone now, and whoever began before `unwantedSince`
 * may still place it once more, so it has to be looked at again.
 */
export async function takeOff(
  needs: Needs,
  row: Placed,
  unwantedSince: readonly (Date | null)[],
): Promise<"gone" | "again" | "unreachable"> {
  const key = { deploymentId: row.id, workspaceId: row.workspaceId };
  const isDestroyed = await destroyPlacement(needs, row);
  await needs.blobs.delete(moduleBlobKeyOf(key));
  if (!isDestroyed) return "unreachable";
  const at = needs.clock.now();
  const graceMs = placeDeadlineMs[row.runtime] + afterDeadlineMs;
  if (unwantedSince.some((since) => since !== null && Math.abs(at.getTime() - since.getTime()) <= graceMs)) return "again";
  await setPlacementRemovedAcrossWorkspaces(needs.across, key, at);
  return "gone";
}
