// Where one runtime and the rows differ, as they are read now: what nobody owns there, and what is missing.
import type { FoundPlacement, Provider } from "~/server/providers/provider";
import type { Services } from "~/server/services";
import {
  type AgentKey,
  listCallableAcrossWorkspaces,
  listHoldingAgentsAcrossWorkspaces,
  listKnownWorkspacesAcrossWorkspaces,
  listOwnersAcrossWorkspaces,
  listPurgedAgentsAcrossWorkspaces,
  type Stray,
} from "./strays.queries";

type Needs = Pick<Services, "across">;

const pageMax = 500;
const pagesMax = 400;
const listTimeoutMs = 60_000;

export type FoundStrays = { placed: number; strays: Stray[] };

/** Rejects when the runtime cannot say what it holds: from half an answer everything else would look lost. */
export async function findStrays(needs: Needs, provider: Provider): Promise<FoundStrays> {
  // The runtime first: a version's row is there before it is placed, so what is placed without one has none.
  const placed = await provider.placements({ signal: AbortSignal.timeout(listTimeoutMs) });
  const strays: Stray[] = [];
  for (let from = 0; from < placed.length; from += pageMax) {
    strays.push(...(await judgePlaced(needs, provider, placed.slice(from, from + pageMax))));
  }
  strays.push(...(await findLost(needs, provider, namesOf(placed))));
  return { placed: placed.length, strays };
}

/**
 * The strays among these. A version that is unwanted and not confirmed to be gone is under way to that without us. One without a row is
 * ours to destroy only if its agent was purged here: else the rows are older than it, as in a restored database, or in a copy of one.
 */
export async function judgePlaced(
  needs: Needs,
  { runtime }: Pick<Provider, "runtime">,
  placed: readonly FoundPlacement[],
): Promise<Stray[]> {
  if (placed.length === 0) return [];
  const rows = await listOwnersAcrossWorkspaces(needs.across, [...new Set(placed.map(({ deploymentId }) => deploymentId))]);
  const owners = new Map(rows.map((row) => [row.id, row]));
  const workspaces = new Set(
    await listKnownWorkspacesAcrossWorkspaces(needs.across, [...new Set(placed.map(({ workspaceId }) => workspaceId))]),
  );
  const rowless = placed.filter(({ deploymentId }) => !owners.has(deploymentId));
  const purged = new Set(rowless.length === 0 ? [] : (await listPurgedAgentsAcrossWorkspaces(needs.across, rowless)).map(nameOf));
  const shared = placed.filter(({ isOfAgent }) => isOfAgent);
  const holding = new Set(
    shared.length === 0
      ? []
      : await listHoldingAgentsAcrossWorkspaces(
          needs.across,
          runtime,
          shared.map(({ agentId }) => agentId),
        ),
  );
  return placed.flatMap((found): Stray[] => {
    const row = owners.get(found.deploymentId);
    const isTheirs = row === undefined ? purged.has(nameOf(found)) : nameOf(row) === nameOf(found);
    if (!isTheirs || !workspaces.has(found.workspaceId)) return [{ ...found, runtime, kind: "stranger" }];
    const isHeld = row !== undefined && row.runtime === runtime && row.placementRemovedAt === null;
    const isOwned = found.isOfAgent ? holding.has(found.agentId) : isHeld;
    return isOwned ? [] : [{ ...found, runtime, kind: "orphan" }];
  });
}

/** What an agent's versions share says nothing of the version that it is named by. */
function namesOf(placed: readonly FoundPlacement[]): Set<string> {
  return new Set(placed.filter(({ isOfAgent }) => !isOfAgent).map(({ deploymentId }) => deploymentId));
}

function nameOf({ workspaceId, agentId }: AgentKey): string {
  return `${workspaceId} ${agentId}`;
}

/** What is live comes first: it is missed most. */
async function findLost(needs: Needs, { runtime }: Provider, placed: ReadonlySet<string>): Promise<Stray[]> {
  const [live, others]: [Stray[], Stray[]] = [[], []];
  let afterId = "";
  for (let page = 0; page < pagesMax; page += 1) {
    const rows = await listCallableAcrossWorkspaces(needs.across, { runtime, afterId, limit: pageMax });
    for (const { status, ...version } of rows) {
      if (!placed.has(version.deploymentId)) (status === "active" ? live : others).push({ ...version, runtime, kind: "lost" });
    }
    afterId = rows.at(-1)?.deploymentId ?? afterId;
    if (rows.length < pageMax) break;
  }
  return [...live, ...others];
}
