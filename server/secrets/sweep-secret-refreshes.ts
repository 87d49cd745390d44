// Rings again where secrets wait to be applied and nobody works on it: a ring was lost, a worker died, or a runtime was away.
import type { Services } from "~/server/services";
import { refreshLeaseMs } from "./refresh-secrets";
import { listNeglectedRefreshesAcrossWorkspaces } from "./refreshes.queries";
import { refreshSecretsJob } from "./secrets.jobs";

const sweptMax = 200;

export async function sweepSecretRefreshes(needs: Pick<Services, "across" | "clock" | "queue">): Promise<void> {
  const now = needs.clock.now().getTime();
  const signs = { from: new Date(now - refreshLeaseMs), to: new Date(now + refreshLeaseMs) };
  const neglected = await listNeglectedRefreshesAcrossWorkspaces(needs.across, signs, sweptMax);
  for (const { workspaceId } of neglected) await needs.queue.ring(refreshSecretsJob, { workspaceId });
}
