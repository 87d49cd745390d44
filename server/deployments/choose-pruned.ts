// Which of an agent's finished versions are older than its plan keeps: the live one and the last three never are (MISSION C5).
import type { DeploymentStatus } from "~/db/tables/deployments";

/** However small a plan is, so many steps back stay possible. */
export const protectedVersions = 3;

type Version = { id: string; version: number; status: DeploymentStatus };

/**
 * What could go live and what never could are counted apart, so that a row of failed attempts does not push out the version that one
 * would roll back to. The same place decides here and in `judge-act`, which refuses to activate what lies behind it.
 */
export function choosePruned<V extends Version>(versions: readonly V[], keptMax: number): V[] {
  const kept = Math.max(keptMax, protectedVersions);
  const older = (...statuses: DeploymentStatus[]) =>
    versions
      .filter((version) => statuses.includes(version.status))
      .sort((one, other) => other.version - one.version)
      .slice(kept);
  return [...older("ready", "superseded"), ...older("failed", "cancelled")];
}
