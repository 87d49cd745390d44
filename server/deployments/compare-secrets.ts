// Which secrets two versions were given in other versions, and which changed since: a process always starts with today's values.
import type { Manifest } from "~/server/bundles/manifest.contract";
import type { SecretChange } from "./compare.contract";

type Given = { manifest: Manifest; secretVersions: Record<string, number> | null };

/** `now` is what is set at this moment. A version that was never placed will be given just that. */
export function compareSecrets(before: Given, after: Given, now: Record<string, number>): SecretChange[] {
  const [old, next] = [givenTo(before, now), givenTo(after, now)];
  const names = new Set([...Object.keys(old), ...Object.keys(next)]);
  return [...names]
    .sort()
    .map((name) => ({ name, before: old[name] ?? null, after: next[name] ?? null, now: now[name] ?? null }))
    .filter((change) => change.before !== change.after || change.after !== change.now);
}

function givenTo({ manifest, secretVersions }: Given, now: Record<string, number>): Record<string, number> {
  if (secretVersions) return secretVersions;
  const names = [...manifest.env.requiredKeys, ...manifest.env.optionalKeys];
  return Object.fromEntries(names.flatMap((name) => (now[name] ? [[name, now[name]]] : [])));
}
