// An agent's variables with their values, and whether the live version runs with them.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { Manifest } from "~/server/bundles/manifest.contract";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { type VariableItem, variablesMax } from "./variables.contract";
import { findAgentOfVariables, findNewestManifestOfAgent, listVariableRows } from "./variables.queries";

export function listVariables(
  needs: Pick<Services, "db">,
  scope: WorkspaceScope,
  agentId: string,
): Promise<{ items: VariableItem[] }> {
  return inWorkspace(needs.db, scope, async (tx) => {
    const agent = await findAgentOfVariables(tx, scope, agentId);
    if (!agent) throw notFound("agent");
    const newest = namesOf((await findNewestManifestOfAgent(tx, scope, agentId))?.manifest);
    const readByLive = namesOf(agent.liveManifest ?? undefined);
    const rows = await listVariableRows(tx, scope, agentId, variablesMax);
    const items = rows.map(({ updatedByName, ...row }) => ({
      ...row,
      value: row.value ?? "",
      isNamed: newest.has(row.name),
      isStale: readByLive.has(row.name) && agent.liveVersions?.[row.name] !== row.version,
      updatedBy: updatedByName ?? row.updatedBy,
    }));
    return { items };
  });
}

/** A manifest that an older release wrote and this one cannot read names nothing. */
function namesOf(stored: Record<string, unknown> | undefined): ReadonlySet<string> {
  const manifest = Manifest.safeParse(stored);
  return new Set(manifest.success ? [...manifest.data.env.requiredKeys, ...manifest.data.env.optionalKeys] : []);
}
