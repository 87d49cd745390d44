// Gives a new agent the variables of another one, as their first versions.
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { variablesMax } from "./variables.contract";
import { listVariableRows, upsertVariable } from "./variables.queries";

/** Answers their names. */
export async function copyVariables(
  tx: Tx,
  scope: WorkspaceScope,
  copy: { fromAgentId: string; toAgentId: string; at: Date },
): Promise<string[]> {
  const rows = await listVariableRows(tx, scope, copy.fromAgentId, variablesMax);
  const made = { agentId: copy.toAgentId, updatedBy: scope.principal.userId, updatedAt: copy.at };
  for (const { name, value } of rows) if (value !== null) await upsertVariable(tx, scope, { ...made, name, value });
  return rows.map((row) => row.name);
}
