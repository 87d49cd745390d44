// Everything of this environment at AWS: what has its code there, and any endpoint whose code is gone.
import type { PlacedDeployment } from "~/server/providers/provider";
import { listEndpoints, workspaceOf } from "./endpoints";
import { agentIdOf, codePrefixOf, placedByKey } from "./names";
import { listKeys } from "./objects";
import type { Room } from "./room";
import { listRuntimes } from "./runtimes";

export async function listPlaced(room: Room, signal: AbortSignal): Promise<PlacedDeployment[]> {
  const found = new Map<string, PlacedDeployment>();
  for await (const runtime of listRuntimes(room, signal)) {
    const agentId = agentIdOf(room.environment, runtime.agentRuntimeName ?? "");
    if (agentId === null || runtime.status === "DELETING") continue;
    const place = { runtimeId: runtime.agentRuntimeId ?? "", runtimeArn: runtime.agentRuntimeArn ?? "" };
    for (const endpoint of await listEndpoints(room, place, signal)) {
      const workspaceId = workspaceOf(endpoint);
      if (workspaceId !== null) found.set(endpoint.name, { deploymentId: endpoint.name, agentId, workspaceId });
    }
  }
  for (const key of await listKeys(room, codePrefixOf(room.environment), signal)) {
    const placed = placedByKey(room.environment, key);
    if (placed !== null) found.set(placed.deploymentId, placed);
  }
  return [...found.values()];
}
