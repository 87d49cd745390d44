// One agent of the workspace.
import { inWorkspace, type Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { toAgentItem } from "./agent-item";
import type { AgentItem } from "./agents.contract";
import { findAgent } from "./agents.queries";

export function getAgent(needs: Pick<Services, "db">, scope: WorkspaceScope, agentId: string): Promise<AgentItem> {
  return inWorkspace(needs.db, scope, (tx) => readAgent(tx, scope, agentId));
}

/** The same inside a transaction that is already open. */
export async function readAgent(tx: Tx, scope: WorkspaceScope, agentId: string): Promise<AgentItem> {
  const row = await findAgent(tx, scope, agentId);
  if (!row) throw notFound("agent");
  return toAgentItem(row);
}
