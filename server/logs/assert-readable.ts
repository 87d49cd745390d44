// Asked before a live log begins: the agent is the workspace's, so that a stream never opens on a missing one.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { hasAgent } from "./logs.queries";

export async function assertReadable(needs: Pick<Services, "db">, scope: WorkspaceScope, agentId: string): Promise<void> {
  const isThere = await inWorkspace(needs.db, scope, (tx) => hasAgent(tx, scope, agentId));
  if (!isThere) throw notFound("agent");
}
