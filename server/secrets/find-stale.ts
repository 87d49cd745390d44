// Which running versions hold other secrets than those that are set now: asked of the runtimes themselves, so it is true (AHEAD 8).
import type { Runtime } from "~/db/tables/deployments";
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { SecretHolder } from "~/server/providers/provider";
import type { Services } from "~/server/services";
import type { StaleDeployment, StaleKey } from "./secrets.contract";
import { listCurrentVersions, listPlacedVersions } from "./stale.queries";

const placedMax = 500;
const runtimeTimeoutMs = 2_000;

type Needs = Pick<Services, "db" | "providers" | "log">;
type Placed = Awaited<ReturnType<typeof listPlacedVersions>>[number];
type Held = { version: Placed; secretVersions: Record<string, number> };

export type StaleFindings = { isKnown: boolean; items: StaleDeployment[] };

/** Without an agent, all of the workspace. What does not run holds nothing: its next start takes what is set then. */
export async function findStale(needs: Needs, scope: WorkspaceScope, agentId: string | undefined): Promise<StaleFindings> {
  const placed = await inWorkspace(needs.db, scope, (tx) => listPlacedVersions(tx, scope, agentId, placedMax));
  const naming = placed.filter((version) => keysOf(version).length > 0);
  if (naming.length === 0) return { isKnown: true, items: [] };
  const { isKnown, held } = await askRuntimes(needs, naming);
  if (held.length === 0) return { isKnown, items: [] };
  // After the runtimes have answered: what is set while they are asked shows as newer than what they hold, which it is.
  const agentIds = [...new Set(held.map(({ version }) => version.agentId))];
  const current = await inWorkspace(needs.db, scope, (tx) => listCurrentVersions(tx, scope, agentIds));
  const items = held.flatMap(({ version, secretVersions }) => {
    const { agentId: ofAgent, agentName, deploymentId, isLive } = version;
    const now = new Map(current.filter((row) => row.agentId === ofAgent).map((row) => [row.name, row.version]));
    const keys = staleKeys(keysOf(version), secretVersions, now);
    return keys.length === 0 ? [] : [{ agentId: ofAgent, agentName, deploymentId, version: version.version, isLive, keys }];
  });
  return { isKnown, items: items.sort(byAgent) };
}

function keysOf({ keys }: Placed): string[] {
  return [...new Set([...(keys?.requiredKeys ?? []), ...(keys?.optionalKeys ?? [])])];
}

/** A runtime that does not answer is said to be unknown, and the others are told of. */
async function askRuntimes({ providers, log }: Needs, placed: readonly Placed[]): Promise<{ isKnown: boolean; held: Held[] }> {
  const byId = new Map(placed.map((version) => [version.deploymentId, version]));
  const ask = async (runtime: Runtime): Promise<SecretHolder[] | null> => {
    const ids = placed.filter((version) => version.runtime === runtime).map((version) => version.deploymentId);
    try {
      return await providers.get(runtime).holders(ids, { signal: AbortSignal.timeout(runtimeTimeoutMs) });
    } catch (error) {
      log.warn({ err: error, runtime }, "a runtime did not say what runs on it");
      return null;
    }
  };
  const answers = await Promise.all([...new Set(placed.map((version) => version.runtime))].map(ask));
  const held = answers
    .flatMap((holders) => holders ?? [])
    .flatMap(({ deploymentId, secretVersions }) => {
      const version = byId.get(deploymentId);
      return version ? [{ version, secretVersions: secretVersions ?? version.secretVersions }] : [];
    });
  return { isKnown: answers.every((holders) => holders !== null), held };
}

function staleKeys(names: readonly string[], held: Record<string, number>, current: ReadonlyMap<string, number>): StaleKey[] {
  return names
    .map((name) => ({ name, heldVersion: held[name] ?? null, currentVersion: current.get(name) ?? null }))
    .filter(({ heldVersion, currentVersion }) => heldVersion !== currentVersion);
}

function byAgent(one: StaleDeployment, other: StaleDeployment): number {
  return one.agentName.localeCompare(other.agentName) || other.version - one.version;
}
