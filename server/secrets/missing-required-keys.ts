// Which of the keys that a manifest requires have no value yet; a deployment is refused while there are any (MISSION C3).
import type { Db } from "~/db/client";
import { listSetNamesAcrossWorkspaces } from "./secrets.queries";

export type RequiredKeys = { workspaceId: string; agentId: string; requiredKeys: readonly string[] };

/** In the manifest's order. Runs under both roles: the workspace is named explicitly. */
export async function missingRequiredKeys(tx: Db, wanted: RequiredKeys): Promise<string[]> {
  if (wanted.requiredKeys.length === 0) return [];
  const rows = await listSetNamesAcrossWorkspaces(tx, wanted, wanted.requiredKeys);
  const isSet = new Set(rows.map((row) => row.name));
  return [...new Set(wanted.requiredKeys)].filter((name) => !isSet.has(name));
}
