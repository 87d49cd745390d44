// What a move reads of an agent: who talks to it, and what it used lately.
import type { Db } from "~/db/client";
import type { Runtime } from "~/db/tables/deployments";
import type { WorkspaceScope } from "~/server/auth/scope";

export async function countSessionsSince(tx: Db, scope: WorkspaceScope, { agentId, since }: { agentId: string; since: Date }) {
  const row = await tx
    .selectFrom("agentSessions")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", agentId)
    .where("lastUsedAt", ">=", since)
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function sumAgentUsage(tx: Db, scope: WorkspaceScope, { agentId, since }: { agentId: string; since: Date }) {
  const row = await tx
    .selectFrom("usageHours")
    .select((hour) => [
      hour.fn.coalesce(hour.fn.sum<number>("requests"), hour.lit(0)).as("requests"),
      hour.fn.coalesce(hour.fn.sum<number>("computeMs"), hour.lit(0)).as("computeMs"),
      hour.fn.coalesce(hour.fn.sum<number>("llmTokens"), hour.lit(0)).as("llmTokens"),
    ])
    .where("workspaceId", "=", scope.workspaceId)
    .where("agentId", "=", agentId)
    .where("hour", ">=", since)
    .executeTakeFirst();
  return row ?? { requests: 0, computeMs: 0, llmTokens: 0 };
}

export async function setPreferredRuntime(
  tx: Db,
  scope: WorkspaceScope,
  change: { agentId: string; preferredRuntime: Runtime; updatedAt: Date },
): Promise<void> {
  const { agentId, ...values } = change;
  await tx
    .updateTable("agents")
    .set(values)
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", agentId)
    .where("deletedAt", "is", null)
    .execute();
}
