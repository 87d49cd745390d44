// What two manifests say differently: field by field, and once more in the words of keys and hosts.
import type { Manifest } from "~/server/bundles/manifest.contract";
import { redactText } from "~/server/redaction/redact-text";
import type { KeyChange, ManifestChange, NetworkChange } from "./compare.contract";

const valueCharactersMax = 2_000;

/** Fields by path, in the order of their names; a list is one value. */
export function compareManifests(before: Manifest, after: Manifest): ManifestChange[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .map((path) => ({ path, before: old.get(path) ?? null, after: now.get(path) ?? null }))
    .filter((change) => change.before !== change.after)
    .map((change) => ({ path: change.path, before: shown(change.before), after: shown(change.after) }));
}

function leavesOf(value: unknown, path = ""): Map<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return new Map([[path, JSON.stringify(value)]]);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return new Map(fields.flatMap(([name, field]) => [...leavesOf(field, path === "" ? name : `${path}.${name}`)]));
}

function shown(value: string | null): string | null {
  if (value === null) return null;
  const safe = redactText(value);
  return safe.length <= valueCharactersMax ? safe : `${safe.slice(0, valueCharactersMax)}…`;
}

/** Keys that came, went, or are needed otherwise than before. */
export function compareKeys(before: Manifest, after: Manifest): KeyChange[] {
  const [old, now] = [needsOf(before), needsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .map((name) => ({ name, before: old.get(name) ?? null, after: now.get(name) ?? null }))
    .filter((change) => change.before !== change.after);
}

function needsOf({ env }: Manifest): Map<string, "required" | "optional"> {
  return new Map([
    ...env.optionalKeys.map((name) => [name, "optional"] as const),
    ...env.requiredKeys.map((name) => [name, "required"] as const),
  ]);
}

/** Null when both allow the same. */
export function compareNetworks(before: Manifest, after: Manifest): NetworkChange | null {
  const [old, now] = [before.network?.allow ?? null, after.network?.allow ?? null];
  const added = (now ?? []).filter((host) => !old?.includes(host)).sort();
  const removed = (old ?? []).filter((host) => !now?.includes(host)).sort();
  const isSame = (old === null) === (now === null) && added.length === 0 && removed.length === 0;
  return isSame ? null : { before: old, after: now, added, removed };
}

/** By the manifest alone, as the agent host reads it; private addresses are refused whatever it says. */
export function manifestLetsThrough({ network }: Manifest, host: string): boolean {
  if (!network) return true;
  return network.allow.some((allowed) =>
    allowed.startsWith("*.") ? host.endsWith(allowed.slice(1)) && host.length > allowed.length - 1 : host === allowed,
  );
}
