// Which version to lay a version beside when nobody said: the live one, or for the live one itself the one before it.
import type { DeploymentItem } from "~/server/deployments/deployments.contract";

type Version = Pick<DeploymentItem, "deploymentId" | "version" | "status">;

const worked: ReadonlySet<DeploymentItem["status"]> = new Set(["active", "superseded", "ready"]);

type Around<Other> = { live: Other | null; versions: readonly Other[] };

/** `versions` may hold the version itself. Null: there is none to compare with. */
export function chooseAgainst<Other extends Version>(deployment: Version, { live, versions }: Around<Other>): Other | null {
  if (live && live.deploymentId !== deployment.deploymentId) return live;
  const earlier = versions.filter((other) => other.version < deployment.version).sort((a, b) => b.version - a.version);
  return earlier.find((other) => worked.has(other.status)) ?? earlier[0] ?? null;
}
