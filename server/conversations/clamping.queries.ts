// For how long agents keep conversations, page by page, and shorter where the plan wants it.
import { sql } from "kysely";
import type { Db } from "~/db/client";
import type { Tx } from "~/db/transaction";

export type KeepingRow = { agentId: string; workspaceId: string; keepDays: number };

/** In the order of their agents, behind `after`. */
export function listKeepingAcrossWorkspaces(db: Db, { after, limit }: { after: string; limit: number }): Promise<KeepingRow[]> {
  return db
    .selectFrom("conversationSettings")
    .select(["agentId", "workspaceId", "keepDays"])
    .where("agentId", ">", after)
    .orderBy("agentId")
    .limit(limit)
    .execute();
}

/** With what is kept already. False when somebody chose fewer days meanwhile, or none. */
export async function setKeepingShorterIfLongerAcrossWorkspaces(
  tx: Tx,
  { workspaceId, agentId, days }: { workspaceId: string; agentId: string; days: number },
): Promise<boolean> {
  const done = await tx
    .updateTable("conversationSettings")
    .set({ keepDays: days })
    .where("workspaceId", "=", workspaceId)
    .where("agentId", "=", agentId)
    .where("keepDays", ">", days)
    .returning("agentId")
    .executeTakeFirst();
  if (!done) return false;
  await sql`
    update conversation_turns set expires_at = started_at + make_interval(days => ${days}::int)
    where workspace_id = ${workspaceId} and agent_id = ${agentId}
      and expires_at > started_at + make_interval(days => ${days}::int)`.execute(tx);
  return true;
}
