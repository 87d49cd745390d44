// Stops an agent from being called or deployed, at once and until it is enabled again; what is placed stays placed.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import { announceAgentChange } from "./agent-changes";
import type { AgentItem } from "./agents.contract";
import { updateAgentRow } from "./agents.queries";
import { readAgent } from "./get-agent";

type Needs = Pick<Services, "db" | "clock" | "redis" | "log">;

/** Doing it twice is fine and audited once. */
export function disableAgent(needs: Needs, scope: WorkspaceScope, agentId: string): Promise<AgentItem> {
  return setDisabled(needs, scope, agentId, true);
}

/** The way back. */
export function enableAgent(needs: Needs, scope: WorkspaceScope, agentId: string): Promise<AgentItem> {
  return setDisabled(needs, scope, agentId, false);
}

async function setDisabled(needs: Needs, scope: WorkspaceScope, agentId: string, isDisabled: boolean): Promise<AgentItem> {
  const changed = await inWorkspace(needs.db, scope, async (tx) => {
    const before = await readAgent(tx, scope, agentId);
    if ((before.status === "disabled") === isDisabled) return before;
    const now = needs.clock.now();
    await updateAgentRow(tx, scope, agentId, { disabledAt: isDisabled ? now : null, updatedAt: now });
    await recordAudit(tx, scope, {
      action: isDisabled ? "agent.disable" : "agent.enable",
      targetKind: "agent",
      targetId: agentId,
    });
    return readAgent(tx, scope, agentId);
  });
  await announceAgentChange(needs, agentId);
  return changed;
}
