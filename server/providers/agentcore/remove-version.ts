// Takes one version off AgentCore, and with the last version of an agent its runtime. Each step may be repeated; the code goes last.
import type { PlacedDeployment } from "~/server/providers/provider";
import { defaultEndpoint, deleteEndpoint, listEndpoints } from "./endpoints";
import { codeKeyOf, codePrefixOf, endpointNameOf, sessionsPrefixOf } from "./names";
import { deleteObjects, listKeys } from "./objects";
import { deleteLogs } from "./read-logs";
import type { Room } from "./room";
import { deleteRuntime, deleteVersion, findRuntime, listVersions, type RuntimePlace } from "./runtimes";

export async function removeVersion(room: Room, placed: PlacedDeployment, signal: AbortSignal): Promise<void> {
  const code = codeKeyOf(room.environment, placed);
  const siblings = (await listKeys(room, agentPrefixOf(room, placed), signal)).filter((key) => key !== code);
  const runtime = await findRuntime(room, placed.agentId, signal);
  if (runtime !== null) await removeFrom(room, { runtime, placed, isLast: siblings.length === 0 }, signal);
  await room.records.remove(placed.deploymentId);
  await removeSessions(room, placed, placed.deploymentId, signal);
  if (siblings.length === 0) await removeSessions(room, placed, placed.agentId, signal);
  await deleteObjects(room, [code]);
}

/** A version that is on its way has its code there already, so it counts as a sibling. */
async function removeFrom(
  room: Room,
  { runtime, placed, isLast }: { runtime: RuntimePlace; placed: PlacedDeployment; isLast: boolean },
  signal: AbortSignal,
): Promise<void> {
  await deleteEndpoint(room, runtime, placed, signal);
  await deleteLogs(room, runtime, endpointNameOf(placed));
  if (isLast && (await listEndpoints(room, runtime, signal)).length === 0) {
    await deleteRuntime(room, runtime, signal);
    return deleteLogs(room, runtime, defaultEndpoint);
  }
  const versions = await listVersions(room, { runtimeId: runtime.runtimeId, deploymentId: placed.deploymentId }, signal);
  for (const { agentRuntimeVersion: runtimeVersion = "" } of versions) await deleteVersion(room, { ...runtime, runtimeVersion });
}

async function removeSessions(
  room: Room,
  { workspaceId }: PlacedDeployment,
  stateKey: string,
  signal: AbortSignal,
): Promise<void> {
  const keys = await listKeys(room, sessionsPrefixOf(room.environment, workspaceId, stateKey), signal);
  if (keys.length > 0) await deleteObjects(room, keys);
}

function agentPrefixOf({ environment }: Room, { workspaceId, agentId }: PlacedDeployment): string {
  return `${codePrefixOf(environment)}${workspaceId}/${agentId}/`;
}
