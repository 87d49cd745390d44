// Takes a version off its runtime, as well as it can be done now; a runtime that does not answer must not hold anything up.
import type { Services } from "~/server/services";
import type { RunRow } from "./steps.queries";

type Placed = Pick<RunRow, "id" | "agentId" | "workspaceId" | "runtime">;

/** Whether it is gone. Never rejects. */
export async function destroyPlacement(needs: Pick<Services, "providers" | "log">, row: Placed): Promise<boolean> {
  const target = { deploymentId: row.id, agentId: row.agentId, workspaceId: row.workspaceId };
  try {
    await needs.providers.get(row.runtime).destroy(target);
    return true;
  } catch (error) {
    needs.log.warn({ err: error, deploymentId: row.id, runtime: row.runtime }, "a version could not be taken off its runtime");
    return false;
  }
}
