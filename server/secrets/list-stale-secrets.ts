// The stale-secret map: what runs with older values than those set now, and how far an act that brings them in has come (AHEAD 8).
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { findStale } from "./find-stale";
import { listRefreshRows } from "./refreshes.queries";
import type { StaleSecrets, StaleSecretsInput } from "./secrets.contract";
import { findAgentOfSecrets } from "./secrets.queries";

const refreshesMax = 500;
const rememberedMs = 60 * 60_000;

export async function listStaleSecrets(
  needs: Pick<Services, "db" | "clock" | "providers" | "log">,
  scope: WorkspaceScope,
  { agentId }: StaleSecretsInput,
): Promise<StaleSecrets> {
  const since = new Date(needs.clock.now().getTime() - rememberedMs);
  // Before the runtimes are asked: what ends meanwhile still shows as open beside a map that is empty already, never the reverse.
  const refreshes = await inWorkspace(needs.db, scope, async (tx) => {
    if (agentId !== undefined && !(await findAgentOfSecrets(tx, scope, agentId))) throw notFound("agent");
    return listRefreshRows(tx, scope, { agentId, since, limit: refreshesMax });
  });
  return { ...(await findStale(needs, scope, agentId)), refreshes };
}
