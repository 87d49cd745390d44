// The one act after a rotation: every running version that holds older secrets is started anew with those that are set now (MISSION F4).
import { afterCommit } from "~/db/after-commit";
import { inWorkspace } from "~/db/transaction";
import { recordAudit } from "~/server/audit/record-audit";
import type { WorkspaceScope } from "~/server/auth/scope";
import { AppError, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { findStale } from "./find-stale";
import { insertRefreshOrWish } from "./refreshes.queries";
import type { StaleDeployment, StaleSecretsInput } from "./secrets.contract";
import { refreshSecretsJob } from "./secrets.jobs";
import { findAgentOfSecrets } from "./secrets.queries";

type Needs = Pick<Services, "db" | "clock" | "providers" | "log" | "queue">;

/** Without an agent, all of the workspace. Nothing is deployed: the same version runs on, with other values. */
export async function applySecrets(
  needs: Needs,
  scope: WorkspaceScope,
  { agentId }: StaleSecretsInput,
): Promise<{ deployments: number }> {
  if (agentId !== undefined) await assertAgent(needs, scope, agentId);
  const { isKnown, items } = await findStale(needs, scope, agentId);
  if (!isKnown && items.length === 0) {
    throw new AppError(
      "RUNTIME_ERROR",
      "The runtime does not say what runs on it, so nothing was applied. Try again in a moment.",
      {
        retryable: true,
      },
    );
  }
  if (items.length > 0) await wish(needs, scope, items);
  return { deployments: items.length };
}

async function assertAgent(needs: Needs, scope: WorkspaceScope, agentId: string): Promise<void> {
  const agent = await inWorkspace(needs.db, scope, (tx) => findAgentOfSecrets(tx, scope, agentId));
  if (!agent) throw notFound("agent");
}

function wish(needs: Needs, scope: WorkspaceScope, items: readonly StaleDeployment[]): Promise<void> {
  const of = { requestedBy: scope.principal.userId, requestedAt: needs.clock.now() };
  return inWorkspace(needs.db, scope, async (tx) => {
    // In one order, so that two people who press the button at once never wait for each other.
    for (const { deploymentId, agentId, version, keys } of [...items].sort(byDeployment)) {
      await insertRefreshOrWish(tx, scope, { ...of, deploymentId, agentId });
      const metadata = { agentId, version, names: keys.map(({ name }) => name) };
      await recordAudit(tx, scope, { action: "secret.apply", targetKind: "deployment", targetId: deploymentId, metadata });
    }
    afterCommit(tx, () => needs.queue.ring(refreshSecretsJob, { workspaceId: scope.workspaceId }));
  });
}

function byDeployment(one: StaleDeployment, other: StaleDeployment): number {
  return one.deploymentId < other.deploymentId ? -1 : 1;
}
