// What the pages of one version load: the version, its neighbours, and how it differs from one of them.

import { type FormProblem, submit } from "~/app/rpc";
import type { VersionDiff } from "~/server/deployments/compare.contract";
import type { DeploymentItem } from "~/server/deployments/deployments.contract";
import type { Caller } from "~/server/router";

/** As many as the choice of a version offers. */
const versionsMax = 100;

export async function loadVersion(api: Caller, place: { agentId: string; deploymentId: string }) {
  const { agentId, deploymentId } = place;
  // First of all: were it asked beside the others, chance would say which of two refusals the page shows.
  const deployment = await api.deployments.get({ deploymentId });
  const [page, agent] = await Promise.all([api.deployments.list({ agentId, limit: versionsMax }), api.agents.get({ agentId })]);
  const live = await liveOf(api, agent.activeDeploymentId, page.items);
  return { deployment, live, versions: page.items, hasMore: page.nextCursor !== null };
}

/** It may be further back than the newest versions. */
async function liveOf(api: Caller, liveId: string | null, versions: readonly DeploymentItem[]): Promise<DeploymentItem | null> {
  const known = versions.find((item) => item.deploymentId === liveId);
  return known ?? (liveId === null ? null : api.deployments.get({ deploymentId: liveId }));
}

export type Changes = { diff: VersionDiff | null; problem: FormProblem | null };

/** A comparison that cannot be made (a stored bundle was altered) is told on the page, which stands without it. */
export async function loadChanges(
  place: Parameters<typeof submit>[0],
  api: Caller,
  pair: { deploymentId: string; against: string | null },
): Promise<Changes> {
  const { deploymentId, against } = pair;
  if (against === null) return { diff: null, problem: null };
  let diff: VersionDiff | null = null;
  const problem = await submit(place, async () => {
    diff = await api.deployments.compare({ deploymentId, against });
  });
  return { diff, problem };
}

/** The lines stay behind: where only the sum is shown they would be most of the page. */
export function withoutLines({ diff, problem }: Changes): Changes {
  return { diff: diff && { ...diff, files: diff.files.map((file) => ({ ...file, hunks: null })) }, problem };
}
