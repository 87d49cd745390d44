// Which way leads to a script: its own address under workers.dev. The account's label there is asked for once in a while.
import type { PlacedDeployment } from "~/server/providers/provider";
import type { Room } from "./cloudflare-room";
import type { ScriptRoute } from "./script-client";
import { scriptNameOf } from "./script-name";

/** The label can be changed in the dashboard. */
const knownForMs = 10 * 60_000;

const subdomains = new WeakMap<Room, { at: number; label: Promise<string> }>();

export async function findRoute(room: Room, target: PlacedDeployment, signal: AbortSignal): Promise<ScriptRoute> {
  const scriptName = scriptNameOf(room.needs.environment, target);
  return { scriptName, host: `${scriptName}.${await findSubdomain(room, signal)}.workers.dev`, headers: () => ({}) };
}

async function findSubdomain(room: Room, signal: AbortSignal): Promise<string> {
  const known = subdomains.get(room);
  if (known !== undefined && Date.now() - known.at < knownForMs) return known.label;
  // Asked for on behalf of all who come meanwhile: none of them may end it for the others.
  const label = room.api.readSubdomain({ signal: AbortSignal.timeout(room.patience.readyMs), code: "RUNTIME_ERROR" });
  subdomains.set(room, { at: Date.now(), label });
  label.catch(() => subdomains.delete(room));
  return untilAborted(label, signal);
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
