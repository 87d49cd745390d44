// Makes a second agent like the first one, under a name of its own; its secrets stay behind, because they are sealed to the first.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import type { AgentItem } from "./agents.contract";
import { enterAgent } from "./create-agent";
import { readAgent } from "./get-agent";

/** Rejects like `createAgent`. Deploy any upload of the first agent to it next. */
export function cloneAgent(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  input: { agentId: string; name: string },
): Promise<AgentItem> {
  return inWorkspace(needs.db, scope, async (tx) => {
    const { description } = await readAgent(tx, scope, input.agentId);
    const agentId = await enterAgent(tx, scope, { name: input.name, description, createdAt: needs.clock.now() });
    await recordAudit(tx, scope, {
      action: "agent.clone",
      targetKind: "agent",
      targetId: agentId,
      metadata: { name: input.name, from: input.agentId },
    });
    return readAgent(tx, scope, agentId);
  });
}
