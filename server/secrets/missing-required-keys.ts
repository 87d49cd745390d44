// Which of the keys that a manifest requires have no value yet; a deployment is refused while there are any (MISSION C3).
import type { Db } from "~/db/client";
import { readNamedVariables } from "~/server/variables/read-named-variables";
import { listSetNamesAcrossWorkspaces } from "./secrets.queries";

export type RequiredKeys = { workspaceId: string; agentId: string; requiredKeys: readonly string[] };

/** A secret or a variable gives a key its value. In the manifest's order. Runs under both roles: the workspace is named explicitly. */
export async function missingRequiredKeys(tx: Db, wanted: RequiredKeys): Promise<string[]> {
  if (wanted.requiredKeys.length === 0) return [];
  const rows = await listSetNamesAcrossWorkspaces(tx, wanted, wanted.requiredKeys);
  const variables = await readNamedVariables(tx, wanted, wanted.requiredKeys);
  const isSet = new Set([...rows.map((row) => row.name), ...Object.keys(variables.versions)]);
  return [...new Set(wanted.requiredKeys)].filter((name) => !isSet.has(name));
}
