// Refuses a secret under the name of a variable: an agent reads both from one place, so only one of them may have the name.
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import { findSetVariable } from "./variables.queries";

/** Of two writers that race for one name the second is refused by the database (`agent_names_apart`). */
export async function assertNoVariable(tx: Tx, scope: WorkspaceScope, key: { agentId: string; name: string }): Promise<void> {
  if (!(await findSetVariable(tx, scope, key))) return;
  const message = `${key.name} is a variable of this agent. Unset the variable first, or choose another name.`;
  throw new AppError("CONFLICT", message, { details: { reason: "name_taken", issues: [{ path: "name", message }] } });
}
