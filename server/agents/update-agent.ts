// Gives an agent another name or description.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { invalidField } from "~/server/errors";
import type { Services } from "~/server/services";
import type { AgentItem, UpdateAgentInput } from "./agents.contract";
import { lockWorkspace, updateAgentRow } from "./agents.queries";
import { assertNameIsFree } from "./assert-name-is-free";
import { readAgent } from "./get-agent";

export function updateAgent(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  input: UpdateAgentInput,
): Promise<AgentItem> {
  const { agentId, name, description } = input;
  if (name === undefined && description === undefined) {
    throw invalidField("name", "Send a name, a description, or both.");
  }
  return inWorkspace(needs.db, scope, async (tx) => {
    await lockWorkspace(tx, scope);
    const before = await readAgent(tx, scope, agentId);
    if (name !== undefined) await assertNameIsFree(tx, scope, name, agentId);
    const change = { ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }) };
    await updateAgentRow(tx, scope, agentId, { ...change, updatedAt: needs.clock.now() });
    await recordAudit(tx, scope, {
      action: "agent.update",
      targetKind: "agent",
      targetId: agentId,
      metadata: { from: before.name, to: name ?? before.name, descriptionChanged: description !== undefined },
    });
    return readAgent(tx, scope, agentId);
  });
}
