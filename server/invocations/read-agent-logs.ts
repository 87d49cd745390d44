// What an agent's live deployment printed lately, as its runtime keeps it: masked, newest last.
import type { z } from "zod";
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { AgentLogItem, AgentLogsInput } from "./invocations.contract";
import { findLoggingAgent } from "./invocations.queries";

/** Empty when nothing is live. Throws `RUNTIME_ERROR` when the runtime does not answer. */
export async function readAgentLogs(
  needs: Pick<Services, "db" | "providers">,
  scope: WorkspaceScope,
  input: z.infer<typeof AgentLogsInput>,
): Promise<{ items: z.infer<typeof AgentLogItem>[] }> {
  const agent = await inWorkspace(needs.db, scope, (tx) => findLoggingAgent(tx, scope, input.agentId));
  if (!agent) throw notFound("agent");
  if (!agent.deploymentId || !agent.runtime) return { items: [] };
  const place = { deploymentId: agent.deploymentId, agentId: agent.agentId, workspaceId: scope.workspaceId };
  return { items: await needs.providers.get(agent.runtime).logs(place, { limit: input.limit }) };
}
