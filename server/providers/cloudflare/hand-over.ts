// Gives a script that is there today's secrets: all its bindings anew, the module as it is. Calls in flight go on with what they began with.
import { z } from "zod";
import { newUlid } from "~/runtime/contract/new-ulid";
import type { PlacedScript } from "~/runtime/contract/placed-script";
import { AppError } from "~/server/errors";
import type { Asked, ScriptSettings } from "./cloudflare-api";
import { type Room, scriptOf } from "./cloudflare-room";
import { deriveScriptKey } from "./derive-script-key";
import { assertBindable } from "./judge-placement";
import { bindingsOf } from "./script-metadata";
import { sessionsNameOf } from "./script-name";
import { waitUntilReady } from "./wait-until-ready";

const hostsMax = 1_000;
const namesMax = 1_000;

const Placed = z.object({
  deploymentId: z.string(),
  agentId: z.string(),
  workspaceId: z.string(),
  userId: z.string(),
  version: z.number().int(),
  moduleSha256: z.string(),
  revision: z.string(),
  networkAllow: z.array(z.string()).max(hostsMax).optional(),
  secretNames: z.array(z.string()).max(namesMax),
  secretVersions: z.record(z.string(), z.number().int()),
  sharesSessions: z.boolean(),
  telemetryUrl: z.string(),
});

export async function handOver(room: Room, before: PlacedScript, asked: Asked): Promise<void> {
  const { needs } = room;
  const grant = await needs.openGrant(before.deploymentId, { signal: asked.signal });
  assertBindable(grant);
  const telemetryUrl = new URL(new URL(before.telemetryUrl).pathname, needs.publicUrl).href;
  const { env, secretVersions } = grant;
  const placed: PlacedScript = {
    ...before,
    revision: newUlid(),
    secretNames: Object.keys(env),
    secretVersions,
    telemetryUrl,
  };
  const script = scriptOf(room, before);
  const { dispatchNamespace } = needs.config;
  const bindings = bindingsOf({
    placed,
    grant,
    callKey: deriveScriptKey(needs.rootKeys[0] as Buffer, script.name),
    sessionsScript: placed.sharesSessions ? sessionsNameOf(needs.environment, placed.agentId) : null,
    dispatchNamespace,
  });
  await room.api.bind(script, bindings, asked);
  // A placement that was interrupted may have got no further than the upload.
  if (dispatchNamespace === null) await room.api.publish(script.name, asked);
  await waitUntilReady(room, placed, { revision: placed.revision, signal: asked.signal });
}

/** What the script was placed as. Throws `CONFLICT` when it is not a script of ours. */
export function readPlaced({ bindings }: ScriptSettings): PlacedScript {
  const parsed = Placed.safeParse(bindings.find(({ name, type }) => type === "json" && name === "placed")?.["json"]);
  if (!parsed.success) throw new AppError("CONFLICT", "At Cloudflare another script has the name of this deployment's.");
  const { networkAllow, ...placed } = parsed.data;
  return { ...placed, ...(networkAllow ? { networkAllow } : {}) };
}
