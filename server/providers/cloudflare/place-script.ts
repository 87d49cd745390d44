// Places one version: one script per deployment, with today's secrets, and answering when this resolves. Repeated, it ends the same.
import type { LaunchGrant, Placement } from "~/runtime/contract/host-protocol";
import { newUlid } from "~/runtime/contract/new-ulid";
import type { PlacedScript } from "~/runtime/contract/placed-script";
import { AppError } from "~/server/errors";
import type { Asked } from "./cloudflare-api";
import { type Room, scriptOf } from "./cloudflare-room";
import { deriveScriptKey } from "./derive-script-key";
import { handOver } from "./hand-over";
import { assertBindable, assertPlaceable } from "./judge-placement";
import { maskWords } from "./mask-words";
import { placeDispatcher } from "./place-dispatcher";
import { placeSessions } from "./place-sessions";
import { readPlaced } from "./read-placed";
import { agentMetadata, bindingsOf, telemetryUrlOf, uploadedModule } from "./script-metadata";
import { sessionsNameOf, tagsOf } from "./script-name";
import { waitUntilReady } from "./wait-until-ready";

const tidyUpMs = 20_000;

export async function placeScript(room: Room, placement: Placement, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  assertPlaceable(placement);
  await room.inTurn(placement, async () => {
    const asked: Asked = { signal, code: "DEPLOYMENT_FAILED" };
    await placeDispatcher(room, asked);
    const found = await room.api.findSettings(scriptOf(room, placement), asked);
    if (found === null) return uploadNew(room, placement, asked);
    const placed = readPlaced(found);
    if (placed.moduleSha256 !== placement.moduleSha256) throw changed();
    await handOver(room, placed, asked);
  });
}

async function uploadNew(room: Room, placement: Placement, asked: Asked): Promise<void> {
  const grant = await room.needs.openGrant(placement.deploymentId, { signal: asked.signal });
  assertBindable(grant);
  const placed = toPlaced(room, placement, grant);
  const tags = tagsOf(room.needs.environment, placement);
  const sessionsScript = placed.sharesSessions ? sessionsNameOf(room.needs.environment, placement.agentId) : null;
  if (sessionsScript !== null) await placeSessions(room, sessionsScript, { tags, asked });
  const script = scriptOf(room, placement);
  const bindings = bindingsOf({
    placed,
    grant,
    callKey: deriveScriptKey(room.needs.rootKeys[0] as Buffer, script.name),
    sessionsScript,
    dispatchNamespace: room.needs.config.dispatchNamespace,
  });
  try {
    const upload = { metadata: agentMetadata(placement, bindings, tags), module: uploadedModule(placement.module) };
    await maskWords(grant, () => room.api.upload(script, upload, asked));
    if (room.needs.config.dispatchNamespace === null) await room.api.publish(script.name, asked);
    await waitUntilReady(room, placement, { revision: placed.revision, signal: asked.signal });
  } catch (thrown) {
    await takeBack(room, placement);
    throw thrown;
  }
}

function toPlaced(room: Room, placement: Placement, grant: LaunchGrant): PlacedScript {
  const { deploymentId, agentId, workspaceId, userId, version, moduleSha256, networkAllow } = placement;
  return {
    deploymentId,
    agentId,
    workspaceId,
    userId,
    version,
    moduleSha256,
    revision: newUlid(),
    ...(networkAllow ? { networkAllow } : {}),
    secretNames: Object.keys(grant.env),
    secretVersions: grant.secretVersions,
    sharesSessions: placement.stateKey !== deploymentId,
    telemetryUrl: telemetryUrlOf(room.needs.publicUrl),
  };
}

/** A version that was given up, by whomever, is not left behind; what cannot be removed now is found by the orphan sweep. */
async function takeBack(room: Room, placement: Placement): Promise<void> {
  const asked: Asked = { signal: AbortSignal.timeout(tidyUpMs), code: "DEPLOYMENT_FAILED" };
  await room.api.remove(scriptOf(room, placement), asked).catch((error: unknown) => {
    room.needs.log.warn({ err: error, deploymentId: placement.deploymentId }, "a script that failed could not be removed");
  });
}

function changed(): AppError {
  return new AppError("CONFLICT", "This deployment is already placed with another module; deployments never change.");
}
