// The variables that a manifest names, with their values: what a version is given beside its secrets.
import type { Db } from "~/db/client";
import { listNamedVariablesAcrossWorkspaces } from "./variables.queries";

export type NamedVariables = { values: Record<string, string>; versions: Record<string, number> };

/** Runs under both roles: the workspace is named explicitly. */
export async function readNamedVariables(
  db: Db,
  agent: { workspaceId: string; agentId: string },
  names: readonly string[],
): Promise<NamedVariables> {
  const rows = names.length === 0 ? [] : await listNamedVariablesAcrossWorkspaces(db, agent, names);
  return {
    values: Object.fromEntries(rows.flatMap(({ name, value }) => (value === null ? [] : [[name, value]]))),
    versions: Object.fromEntries(rows.map(({ name, version }) => [name, version])),
  };
}
