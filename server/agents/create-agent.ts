// Makes an agent: a name to which versions can then be deployed (MISSION C1).
import { answerInWorkspace, type Tx } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import { newId } from "~/server/ids";
import { assertPlanned } from "~/server/plans/assert-planned";
import { readPlan } from "~/server/plans/read-plan";
import type { Services } from "~/server/services";
import type { AgentItem, CreateAgentInput } from "./agents.contract";
import { countAgents, insertAgent, lockWorkspace } from "./agents.queries";
import { assertNameIsFree } from "./assert-name-is-free";
import { readAgent } from "./get-agent";

/** Rejects with `CONFLICT` for a taken name, `LIMIT_EXCEEDED` when the plan holds no more agents. */
export function createAgent(
  needs: Pick<Services, "db" | "clock">,
  scope: WorkspaceScope,
  input: CreateAgentInput,
): Promise<AgentItem> {
  return answerInWorkspace(needs.db, scope, async (tx) => {
    const agentId = await enterAgent(tx, scope, { ...input, createdAt: needs.clock.now() });
    await recordAudit(tx, scope, {
      action: "agent.create",
      targetKind: "agent",
      targetId: agentId,
      metadata: { name: input.name },
    });
    return readAgent(tx, scope, agentId);
  });
}

type NewAgentWords = { name: string; description: string; createdAt: Date };
/** Absent: as the plan lets. */
type NewAgentLimits = { callsPerMinuteMax?: number | null; concurrencyMax?: number | null };

/** The row of a new agent under the workspace's lock; answers its id. */
export async function enterAgent(tx: Tx, scope: WorkspaceScope, input: NewAgentWords & NewAgentLimits): Promise<string> {
  if (scope.namedAgents) {
    throw new AppError(
      "UNAUTHORIZED",
      "This API key is limited to some agents, so it makes no new ones. Use a key without that limit.",
    );
  }
  const workspace = await lockWorkspace(tx, scope);
  if (!workspace) throw notFound("workspace");
  await assertNameIsFree(tx, scope, input.name);
  const plan = await readPlan(tx, scope.workspaceId, input.createdAt);
  if (!plan) throw notFound("workspace");
  assertPlanned({ kind: "create_agent", agents: await countAgents(tx, scope) }, plan);
  const id = newId("agent");
  await insertAgent(tx, scope, { id, ownerUserId: scope.principal.userId, ...input });
  return id;
}
