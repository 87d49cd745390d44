// Takes a variable's value away. Processes that run already keep what they were given until they start anew.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { UnsetVariableInput } from "./variables.contract";
import { clearVariableIfSet, lockAgentOfVariables } from "./variables.queries";

/** Unsetting what is not set answers `NOT_FOUND`. */
export async function unsetVariable(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  input: UnsetVariableInput,
): Promise<void> {
  const { agentId, name } = input;
  const cleared = { agentId, name, updatedBy: scope.principal.userId, updatedAt: needs.clock.now() };
  await inWorkspace(needs.db, scope, async (tx) => {
    if (!(await lockAgentOfVariables(tx, scope, agentId))) throw notFound("agent");
    const row = await clearVariableIfSet(tx, scope, cleared);
    if (!row) throw notFound("variable");
    const metadata = { name, version: row.version };
    await recordAudit(tx, scope, { action: "variable.unset", targetKind: "agent", targetId: agentId, metadata });
  });
}
