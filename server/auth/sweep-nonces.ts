// Forgets nonces of signed requests once no timestamp that they could come with is taken any more.
import type { Services } from "~/server/services";
import { deleteOldNoncesAcrossWorkspaces } from "./signed-requests.queries";

const deletedAtOnce = 5_000;
const roundsMax = 100;

export async function sweepNonces(needs: Pick<Services, "across" | "clock">): Promise<void> {
  for (let round = 0; round < roundsMax; round += 1) {
    if ((await deleteOldNoncesAcrossWorkspaces(needs.across, needs.clock.now(), deletedAtOnce)) < deletedAtOnce) return;
  }
}
