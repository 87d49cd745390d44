// Ends every process of a disabled workspace on its runtimes, so that background work of its agents stops too; placements stay.
import type { Services } from "~/server/services";
import { listPlacedAcrossWorkspaces } from "./steps.queries";

const versionsMax = 2_000;
const atOnceMax = 16;

/** Answers how many could not be reached; a launch is refused while the workspace is disabled, so nothing starts again meanwhile. */
export async function stopAgents(needs: Pick<Services, "across" | "providers" | "log">, workspaceId: string): Promise<number> {
  const placed = await listPlacedAcrossWorkspaces(needs.across, workspaceId, versionsMax);
  const waiting = placed.values();
  let missed = 0;
  const work = async () => {
    for (const row of waiting) missed += (await stopOne(needs, row)) ? 0 : 1;
  };
  await Promise.all(Array.from({ length: atOnceMax }, work));
  return missed;
}

type Placed = Awaited<ReturnType<typeof listPlacedAcrossWorkspaces>>[number];

async function stopOne(needs: Pick<Services, "providers" | "log">, row: Placed): Promise<boolean> {
  const { id: deploymentId, agentId, workspaceId, runtime } = row;
  try {
    await needs.providers.get(runtime).stop({ deploymentId, agentId, workspaceId });
    return true;
  } catch (error) {
    needs.log.warn(
      { err: error, deploymentId, runtime },
      "an agent of a disabled workspace could not be stopped; the sweep tries again",
    );
    return false;
  }
}
