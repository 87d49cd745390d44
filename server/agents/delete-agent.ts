// Deletes an agent: no call gets through from this moment; what it had at providers and in storage is removed by a job.
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import { announceAgentChange } from "./agent-changes";
import { purgeAgentJob } from "./agents.jobs";
import { updateAgentRow } from "./agents.queries";
import { readAgent } from "./get-agent";

export async function deleteAgent(
  needs: Pick<Services, "db" | "clock" | "redis" | "queue" | "log">,
  scope: WorkspaceScope,
  agentId: string,
): Promise<void> {
  await inWorkspace(needs.db, scope, async (tx) => {
    const { name } = await readAgent(tx, scope, agentId);
    const now = needs.clock.now();
    await updateAgentRow(tx, scope, agentId, { deletedAt: now, updatedAt: now });
    await recordAudit(tx, scope, { action: "agent.delete", targetKind: "agent", targetId: agentId, metadata: { name } });
  });
  await announceAgentChange(needs, agentId);
  await needs.queue.ring(purgeAgentJob, { agentId, workspaceId: scope.workspaceId });
}
