// Which keys a stored manifest names.
import { Manifest } from "~/server/bundles/manifest.contract";

export type ManifestKeys = { required: string[]; optional: string[] };

/** A manifest is checked before it is stored; one that an older release wrote and this one cannot read names nothing. */
export function manifestKeys(stored: Record<string, unknown> | undefined): ManifestKeys {
  const manifest = Manifest.safeParse(stored);
  if (!manifest.success) return { required: [], optional: [] };
  const { requiredKeys, optionalKeys } = manifest.data.env;
  return { required: [...new Set(requiredKeys)], optional: [...new Set(optionalKeys)] };
}
