// The two scripts that stand in front of and behind a dispatch namespace: ours, of the account, replaced when our code or keys have changed.
import { dispatchKeyName, dispatchKeysMax } from "~/runtime/contract/dispatched-call";
import { bundleScript } from "./bundle-script";
import type { Asked, ScriptAt } from "./cloudflare-api";
import type { Room } from "./cloudflare-room";
import { deriveScriptKey } from "./derive-script-key";
import { hmacKey, runtimeSettings, type ScriptBinding, sha256Hex, telemetryUrlOf } from "./script-metadata";
import { platformNameOf } from "./script-name";

const placed = new WeakMap<Room, Promise<void>>();

/** Looked at once per process. Does nothing where agents are scripts of the account. */
export async function placeDispatcher(room: Room, asked: Asked): Promise<void> {
  if (room.needs.config.dispatchNamespace === null) return;
  const known = placed.get(room) ?? placeBoth(room, room.needs.config.dispatchNamespace, asked);
  placed.set(room, known);
  await known.catch((thrown: unknown) => {
    placed.delete(room);
    throw thrown;
  });
}

async function placeBoth(room: Room, namespace: string, asked: Asked): Promise<void> {
  const { environment, rootKeys } = room.needs;
  const [outbound, dispatcher] = [platformNameOf(environment, "outbound"), platformNameOf(environment, "dispatcher")];
  const reports: ScriptBinding = { type: "plain_text", name: "telemetryUrl", text: telemetryUrlOf(room.needs.publicUrl) };
  await placeOwn(room, { name: outbound, module: await bundleScript("cloudflare-outbound"), bindings: [reports] }, asked);
  const keys = rootKeys.slice(0, dispatchKeysMax).map((rootKey) => deriveScriptKey(rootKey, dispatcher));
  const behind = { worker: { service: outbound }, params: [{ name: "allow" }] };
  const bindings: ScriptBinding[] = [
    { type: "dispatch_namespace", name: "agents", namespace, outbound: behind },
    ...keys.map((key, place) => hmacKey(dispatchKeyName(place), key, "verify")),
  ];
  await placeOwn(room, { name: dispatcher, module: await bundleScript("cloudflare-dispatcher"), bindings }, asked);
  await room.api.publish(dispatcher, asked);
}

/** The tag says what it was made of: keys by a digest, which is as little use to a reader as the name. */
async function placeOwn(
  room: Room,
  own: { name: string; module: string; bindings: ScriptBinding[] },
  asked: Asked,
): Promise<void> {
  const script: ScriptAt = { name: own.name, place: "account" };
  const revision = `revision=${sha256Hex(JSON.stringify([own.module, own.bindings, runtimeSettings])).slice(0, 32)}`;
  const found = await room.api.findSettings(script, asked);
  if (found?.tags?.includes(revision)) return;
  const metadata = {
    main_module: "own.js",
    ...runtimeSettings,
    bindings: own.bindings,
    tags: [`environment=${room.needs.environment}`, revision],
    observability: { enabled: false },
  };
  await room.api.upload(script, { metadata, module: own.module }, asked);
}
