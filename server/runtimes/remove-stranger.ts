// Takes a stranger off its runtime on an operator's word: what no row of ours knows is never touched by the sweep (MISSION D6).
import { recordPlatformAudit } from "~/server/audit/record-audit";
import type { UserPrincipal } from "~/server/auth/principal";
import type { Visitor } from "~/server/auth/visitor";
import { AppError, invalidField, notFound } from "~/server/errors";
import type { FoundPlacement, Provider } from "~/server/providers/provider";
import type { Services } from "~/server/services";
import { judgePlaced } from "./find-strays";
import type { RemoveStrangerInput } from "./runtimes.contract";
import {
  findOpenStrangerAcrossWorkspaces,
  listHoldingAgentsAcrossWorkspaces,
  listOwnersAcrossWorkspaces,
  settleStrayAcrossWorkspaces,
} from "./strays.queries";

type Needs = Pick<Services, "across" | "clock" | "providers">;

const listTimeoutMs = 60_000;

/** Rejects with `NOT_FOUND` when nobody saw such a stranger, `CONFLICT` when it is none any more or goes by an id of ours. */
export async function removeStranger(
  needs: Needs,
  by: { operator: UserPrincipal; visitor: Visitor },
  input: RemoveStrangerInput,
): Promise<void> {
  const { runtime, deploymentId, confirmation, reason } = input;
  const stray = await findOpenStrangerAcrossWorkspaces(needs.across, { runtime, deploymentId });
  if (!stray) throw notFound("placement");
  if (confirmation !== deploymentId) throw invalidField("confirmation", `Type ${deploymentId} exactly as it is written.`);
  const provider = needs.providers.get(runtime);
  const { placed, others } = await findPlaced(provider, stray);
  await assertStranger(needs, provider, placed);
  await assertNotLastOfOurs(needs, provider, { agentId: placed.agentId, others });
  // Written down before it is done: what was destroyed must never be missing from the log.
  await recordPlatformAudit(needs.across, {
    actorKind: "user",
    actorId: by.operator.userId,
    action: "placement.remove",
    targetKind: "deployment",
    targetId: deploymentId,
    traceId: by.visitor.traceId,
    ipAddress: by.visitor.ipAddress,
    metadata: { runtime, agentId: stray.agentId, workspaceId: stray.workspaceId, reason },
  });
  await provider.destroy({ deploymentId, agentId: stray.agentId, workspaceId: stray.workspaceId });
  const key = { runtime, kind: "stranger", deploymentId } as const;
  await settleStrayAcrossWorkspaces(needs.across, key, { outcome: "destroyed", at: needs.clock.now() });
}

/** As the runtime says it is now, with the very owner that the operator was shown. */
async function findPlaced(
  provider: Provider,
  stray: FoundPlacement,
): Promise<{ placed: FoundPlacement; others: FoundPlacement[] }> {
  const all = await provider.placements({ signal: AbortSignal.timeout(listTimeoutMs) });
  const isIt = (one: FoundPlacement) =>
    one.deploymentId === stray.deploymentId && one.agentId === stray.agentId && one.workspaceId === stray.workspaceId;
  const placed = all.find(isIt);
  if (placed) return { placed, others: all.filter((one) => one !== placed) };
  throw new AppError("CONFLICT", "The runtime does not hold it any more. Nothing was done.", {
    details: { reason: "stray_gone" },
  });
}

/** What goes by the id of one of our deployments could be taken away together with that one, so it is for the provider's own console. */
async function assertStranger(needs: Needs, provider: Provider, placed: FoundPlacement): Promise<void> {
  const [found] = await judgePlaced(needs, provider, [placed]);
  if (found?.kind !== "stranger") {
    const words = "It is no stranger any more: this database knows its owner. The sweep sees to it.";
    throw new AppError("CONFLICT", words, { details: { reason: "stray_owned" } });
  }
  const owners = await listOwnersAcrossWorkspaces(needs.across, [placed.deploymentId]);
  if (owners.length === 0) return;
  const words =
    "It goes by the id of a deployment of this database, with another owner. Removing it here could take that one along: remove it at the provider.";
  throw new AppError("CONFLICT", words, { details: { reason: "stray_named_like_ours" } });
}

/** With the last version of an agent its runtime gives up the sessions that all of them share, though ours is only lost and comes back. */
async function assertNotLastOfOurs(
  { across }: Needs,
  { runtime }: Provider,
  { agentId, others }: { agentId: string; others: FoundPlacement[] },
): Promise<void> {
  if (others.some((one) => one.agentId === agentId)) return;
  if ((await listHoldingAgentsAcrossWorkspaces(across, runtime, [agentId])).length === 0) return;
  const words =
    "An agent of this database has its sessions with it, and its own version is missing from the runtime. Wait until the sweep has placed that one again.";
  throw new AppError("CONFLICT", words, { retryable: true, details: { reason: "stray_holds_sessions" } });
}
