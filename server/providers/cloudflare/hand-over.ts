// Gives a script that is there today's secrets: all its bindings anew, the module as it is. Calls in flight go on with what they began with.
import { newUlid } from "~/runtime/contract/new-ulid";
import type { PlacedScript } from "~/runtime/contract/placed-script";
import type { Asked } from "./cloudflare-api";
import { type Room, scriptOf } from "./cloudflare-room";
import { deriveScriptKey } from "./derive-script-key";
import { assertBindable } from "./judge-placement";
import { maskWords } from "./mask-words";
import { placeDispatcher } from "./place-dispatcher";
import { bindingsOf, telemetryUrlOf } from "./script-metadata";
import { sessionsNameOf } from "./script-name";
import { waitUntilReady } from "./wait-until-ready";

export async function handOver(room: Room, before: PlacedScript, asked: Asked): Promise<void> {
  const { needs } = room;
  const grant = await needs.openGrant(before.deploymentId, { signal: asked.signal });
  assertBindable(grant);
  const { env, secretVersions } = grant;
  const placed: PlacedScript = {
    ...before,
    revision: newUlid(),
    secretNames: Object.keys(env),
    secretVersions,
    telemetryUrl: telemetryUrlOf(needs.publicUrl),
  };
  const script = scriptOf(room, before);
  const { dispatchNamespace } = needs.config;
  await placeDispatcher(room, asked);
  const bindings = bindingsOf({
    placed,
    grant,
    callKey: deriveScriptKey(needs.rootKeys[0] as Buffer, script.name),
    sessionsScript: placed.sharesSessions ? sessionsNameOf(needs.environment, placed.agentId) : null,
    dispatchNamespace,
  });
  await maskWords(grant, () => room.api.bind(script, bindings, asked));
  // A placement that was interrupted may have got no further than the upload.
  if (dispatchNamespace === null) await room.api.publish(script.name, asked);
  await waitUntilReady(room, placed, { revision: placed.revision, signal: asked.signal });
}
