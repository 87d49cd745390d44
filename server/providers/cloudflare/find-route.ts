// Which way leads to a script: its own address under workers.dev, or the one of the dispatcher in front of the namespace that it is in.
import { dispatchHeaders, dispatchText } from "~/runtime/contract/dispatched-call";
import type { PlacedDeployment } from "~/server/providers/provider";
import { type Room, scriptOf } from "./cloudflare-room";
import { deriveScriptKey, hmacHex } from "./derive-script-key";
import { readPlaced } from "./read-placed";
import type { ScriptRoute } from "./script-client";
import { notPlaced } from "./script-error";
import { platformNameOf, scriptNameOf } from "./script-name";

/** The label can be changed in the dashboard. */
const knownForMs = 10 * 60_000;
const rememberedMax = 5_000;

type Remembered = { subdomain: { at: number; label: Promise<string> } | null; allowed: Map<string, string> };
const remembered = new WeakMap<Room, Remembered>();

export async function findRoute(room: Room, target: PlacedDeployment, signal: AbortSignal): Promise<ScriptRoute> {
  const { environment, config } = room.needs;
  const scriptName = scriptNameOf(environment, target);
  const subdomain = await findSubdomain(room, signal);
  if (config.dispatchNamespace === null)
    return { scriptName, host: `${scriptName}.${subdomain}.workers.dev`, headers: () => ({}) };
  const allow = await findAllowed(room, target, signal);
  const dispatcher = platformNameOf(environment, "dispatcher");
  return {
    scriptName,
    host: `${dispatcher}.${subdomain}.workers.dev`,
    headers: (rootKey, timestamp) => ({
      [dispatchHeaders.script]: scriptName,
      [dispatchHeaders.allow]: allow,
      [dispatchHeaders.signature]: `v1=${hmacHex(deriveScriptKey(rootKey, dispatcher), dispatchText({ timestamp, script: scriptName, allow }))}`,
    }),
  };
}

/** What a version may reach never changes; it is read from what it was placed as, where its agent cannot write. */
async function findAllowed(room: Room, target: PlacedDeployment, signal: AbortSignal): Promise<string> {
  const { allowed } = memoryOf(room);
  const known = allowed.get(target.deploymentId);
  if (known !== undefined) return known;
  const settings = await room.api.findSettings(scriptOf(room, target), { signal, code: "RUNTIME_ERROR" });
  if (settings === null) throw notPlaced();
  const allow = JSON.stringify(readPlaced(settings).networkAllow ?? null);
  if (allowed.size >= rememberedMax) allowed.clear();
  allowed.set(target.deploymentId, allow);
  return allow;
}

async function findSubdomain(room: Room, signal: AbortSignal): Promise<string> {
  const memory = memoryOf(room);
  const known = memory.subdomain;
  if (known !== null && Date.now() - known.at < knownForMs) return untilAborted(known.label, signal);
  // Asked for on behalf of all who come meanwhile: none of them may end it for the others.
  const label = room.api.readSubdomain({ signal: AbortSignal.timeout(room.patience.readyMs), code: "RUNTIME_ERROR" });
  memory.subdomain = { at: Date.now(), label };
  label.catch(() => {
    memory.subdomain = null;
  });
  return untilAborted(label, signal);
}

function memoryOf(room: Room): Remembered {
  const memory = remembered.get(room) ?? { subdomain: null, allowed: new Map() };
  remembered.set(room, memory);
  return memory;
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
