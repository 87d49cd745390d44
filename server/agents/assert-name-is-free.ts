// Refuses a name that another agent of the workspace has.
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError } from "~/server/errors";
import { findAgentByName } from "./agents.queries";

/** Holds until the end of the transaction when the workspace is locked. */
export async function assertNameIsFree(tx: Tx, scope: WorkspaceScope, name: string, exceptAgentId?: string): Promise<void> {
  const other = await findAgentByName(tx, scope, name);
  if (!other || other.id === exceptAgentId) return;
  const message = `There is already an agent called "${name}" in this workspace. Choose another name.`;
  throw new AppError("CONFLICT", message, { details: { reason: "agent_name_taken", issues: [{ path: "name", message }] } });
}
