// Raises an alert for agents whose newest version failed, and resolves it when a later one has worked.
import { deploymentFailedDefaults } from "./alert-words.contract";
import { type AlertNeeds, raiseAlert } from "./raise-alert";
import { listFailedVersionsAcrossWorkspaces, listRecoveredAgentsAcrossWorkspaces } from "./raising.queries";
import { resolveAlert } from "./resolve-alert";

/** What failed while no worker ran for longer is no news any more. */
const newsMs = 24 * 60 * 60_000;
const sweptMax = 500;

/** Safe to run at any time, also twice at once. */
export async function sweepFailedDeployments(needs: AlertNeeds): Promise<{ raised: number; resolved: number }> {
  const since = new Date(needs.clock.now().getTime() - newsMs);
  const asked = { ...deploymentFailedDefaults, limit: sweptMax };
  let [raised, resolved] = [0, 0];
  for (const recovered of await listRecoveredAgentsAcrossWorkspaces(needs.across, asked)) {
    const { rule, facts } = { rule: "deployment_failed" as const, facts: recovered.facts };
    if (await resolveAlert(needs, recovered, { rule, facts })) resolved += 1;
  }
  for (const failed of await listFailedVersionsAcrossWorkspaces(needs.across, { ...asked, since })) {
    const { deploymentId, version, failureCode } = failed;
    const facts = { deploymentId, version, failureCode: failureCode ?? "INTERNAL" };
    if (await raiseAlert(needs, failed, { rule: "deployment_failed", facts })) raised += 1;
  }
  return { raised, resolved };
}
