// The dry run of an agent's deletion: what goes with it, and who would notice (AHEAD 14).
import { readInWorkspace } from "~/db/transaction";
import { grantMay } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { countUnfinished, findDeployment } from "./deployments.queries";
import type { AgentDeletionPlan } from "./foresight.contract";
import {
  countCallsSince,
  countSessions,
  countVersions,
  findAgentUnlocked,
  listKeysOfOnly,
  listNamesOfSetSecrets,
} from "./foresight.queries";

const dayMs = 24 * 60 * 60_000;

/** Writes nothing: PostgreSQL refuses any write here. Keys are named to those only who may see keys. */
export function planAgentDeletion(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  agentId: string,
): Promise<AgentDeletionPlan> {
  const since = new Date(needs.clock.now().getTime() - dayMs);
  const seesKeys = scope.namedAgents === null && grantMay(scope.grant, "api_key.read");
  return readInWorkspace(needs.db, scope, async (tx) => {
    const agent = await findAgentUnlocked(tx, scope, agentId);
    if (!agent) throw notFound("agent");
    const live = agent.activeDeploymentId && (await findDeployment(tx, scope, agent.activeDeploymentId));
    return {
      agentId,
      name: agent.name,
      live: live ? { deploymentId: live.id, version: live.version } : null,
      versions: await countVersions(tx, scope, agentId),
      underWay: await countUnfinished(tx, scope, agentId),
      sessions: await countSessions(tx, scope, agentId),
      secrets: await listNamesOfSetSecrets(tx, scope, agentId),
      uselessKeys: seesKeys ? await listKeysOfOnly(tx, scope, agentId) : [],
      callsLastDay: await countCallsSince(tx, scope, { agentId, since }),
    };
  });
}
