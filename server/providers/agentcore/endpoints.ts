// One endpoint per deployment, pinned to its version; only a refresh of secrets moves it, to a version with the same code.
import type { PlacedDeployment } from "~/server/providers/provider";
import { isBusy } from "./aws-trouble";
import { clientTokenOf, endpointNameOf, tagsOf } from "./names";
import type { Room } from "./room";
import { failedAtAws, ignoringMissing, type RuntimePlace, type RuntimeVersion } from "./runtimes";
import { waitUntil, whileBusy } from "./wait-until";

/** Made by AgentCore with each runtime; it follows the newest version, and we invoke nothing through it. */
export const defaultEndpoint = "DEFAULT";

const pageSize = 100;
const pagesMax = 50;

export type NamedEndpoint = { name: string; description: string };

/** Resolves when this deployment's endpoint serves the version. */
export async function pointEndpoint(
  room: Room,
  placed: PlacedDeployment,
  at: RuntimeVersion,
  signal: AbortSignal,
): Promise<void> {
  const found = await readEndpoint(room, at, placed, signal);
  if (found === null) await createEndpoint(room, placed, at, signal);
  else if (found.targetVersion !== at.runtimeVersion) await moveEndpoint(room, placed, at, signal);
  const look = async () => {
    const endpoint = await readEndpoint(room, at, placed, signal);
    if (endpoint?.status === "READY" && endpoint.liveVersion === at.runtimeVersion) return true;
    if (endpoint?.status?.endsWith("FAILED")) throw failedAtAws("make the version's endpoint ready", endpoint.failureReason);
    return null;
  };
  await waitUntil(look, "make the version's endpoint ready", { ...room.pace, signal });
}

/** Resolves when it is gone. */
export async function deleteEndpoint(
  room: Room,
  runtime: RuntimePlace,
  placed: PlacedDeployment,
  signal: AbortSignal,
): Promise<void> {
  const { sdk, client } = (await room.aws()).control;
  const named = { agentRuntimeId: runtime.runtimeId, endpointName: endpointNameOf(placed) };
  const clientToken = clientTokenOf("unpoint", runtime.runtimeId, placed.deploymentId);
  const patience = { ...room.pace, signal };
  await whileBusy(
    () => ignoringMissing(client.send(new sdk.DeleteAgentRuntimeEndpointCommand({ ...named, clientToken }))),
    patience,
  );
  const look = async () => ((await readEndpoint(room, runtime, placed, signal)) === null ? true : null);
  await waitUntil(look, "delete the version's endpoint", patience);
}

/** Of one runtime, without AgentCore's own. */
export async function listEndpoints(room: Room, { runtimeId }: RuntimePlace, signal: AbortSignal): Promise<NamedEndpoint[]> {
  const { sdk, client } = (await room.aws()).control;
  const found: NamedEndpoint[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const asked = { agentRuntimeId: runtimeId, maxResults: pageSize, ...(nextToken ? { nextToken } : {}) };
    const answer = await ignoringMissing(client.send(new sdk.ListAgentRuntimeEndpointsCommand(asked), { abortSignal: signal }));
    for (const { name = "", description = "", status } of answer?.runtimeEndpoints ?? []) {
      if (name !== defaultEndpoint && status !== "DELETING") found.push({ name, description });
    }
    nextToken = answer?.nextToken;
    if (!nextToken) return found;
  }
  throw new Error(`The runtime ${runtimeId} has more than ${pageSize * pagesMax} endpoints.`);
}

/** Lists say the description and not the tags; the workspace stands in both. */
export function workspaceOf({ description }: NamedEndpoint): string | null {
  return /^(wks_[0-9A-Z]{26}) /.exec(description)?.[1] ?? null;
}

async function readEndpoint(room: Room, { runtimeId }: RuntimePlace, placed: PlacedDeployment, signal: AbortSignal) {
  const { sdk, client } = (await room.aws()).control;
  const asked = { agentRuntimeId: runtimeId, endpointName: endpointNameOf(placed) };
  return ignoringMissing(client.send(new sdk.GetAgentRuntimeEndpointCommand(asked), { abortSignal: signal }));
}

async function createEndpoint(room: Room, placed: PlacedDeployment, at: RuntimeVersion, signal: AbortSignal): Promise<void> {
  const { sdk, client } = (await room.aws()).control;
  const command = new sdk.CreateAgentRuntimeEndpointCommand({
    agentRuntimeId: at.runtimeId,
    name: endpointNameOf(placed),
    agentRuntimeVersion: at.runtimeVersion,
    description: `${placed.workspaceId} webhost.systems ${room.environment}`,
    clientToken: clientTokenOf("point", at.runtimeId, placed.deploymentId, at.runtimeVersion),
    tags: tagsOf(room.environment, placed),
  });
  const act = async () => {
    try {
      await client.send(command);
    } catch (thrown) {
      // A try whose answer was lost had made it; whoever waits now finds it.
      if (!isBusy(thrown) || (await readEndpoint(room, at, placed, signal)) === null) throw thrown;
    }
  };
  await whileBusy(act, { ...room.pace, signal });
}

async function moveEndpoint(room: Room, placed: PlacedDeployment, at: RuntimeVersion, signal: AbortSignal): Promise<void> {
  const { sdk, client } = (await room.aws()).control;
  const command = new sdk.UpdateAgentRuntimeEndpointCommand({
    agentRuntimeId: at.runtimeId,
    endpointName: endpointNameOf(placed),
    agentRuntimeVersion: at.runtimeVersion,
    clientToken: clientTokenOf("move", at.runtimeId, placed.deploymentId, at.runtimeVersion),
  });
  await whileBusy(() => client.send(command), { ...room.pace, signal });
}
