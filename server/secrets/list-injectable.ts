// Which secrets a bundle would be given were it started now, by version; never a value.
import type { Db } from "~/db/client";
import { manifestKeys } from "./manifest-keys";
import { listSetNamesAcrossWorkspaces } from "./secrets.queries";

export type InjectableSecret = { name: string; version: number; isRequired: boolean };

/** By name. Runs under both roles: the workspace is named explicitly. */
export async function listInjectable(
  tx: Db,
  agent: { workspaceId: string; agentId: string },
  manifest: Record<string, unknown>,
): Promise<InjectableSecret[]> {
  const { required, optional } = manifestKeys(manifest);
  const names = [...required, ...optional];
  if (names.length === 0) return [];
  const rows = await listSetNamesAcrossWorkspaces(tx, agent, names);
  return rows
    .map(({ name, version }) => ({ name, version, isRequired: required.includes(name) }))
    .sort((one, other) => one.name.localeCompare(other.name));
}
