// What a provider is told about one version: the same for its first placement and for every later one.
import type { Placement } from "~/runtime/contract/host-protocol";
import type { Manifest } from "~/server/bundles/manifest.contract";
import type { Plan } from "~/server/plans/plans";
import type { StoredModule } from "./build-stage";
import type { RunRow } from "./steps.queries";

type Version = Pick<RunRow, "id" | "agentId" | "workspaceId" | "ownerUserId" | "version" | "manifest">;

/** Limits are the smaller of what the manifest asks for and the plan grants. */
export function placementOf(row: Version, plan: Plan, module: StoredModule): Placement {
  const manifest = row.manifest as Manifest;
  return {
    deploymentId: row.id,
    agentId: row.agentId,
    workspaceId: row.workspaceId,
    userId: row.ownerUserId,
    version: row.version,
    module: module.text,
    moduleSha256: module.sha256,
    ...(manifest.network ? { networkAllow: manifest.network.allow } : {}),
    timeoutMs: Math.min(manifest.limits.timeoutMs, plan.timeoutMsMax),
    cpuMs: Math.min(manifest.limits.timeoutMs, plan.cpuMsMax),
    memoryMb: Math.min(manifest.limits.memoryMb, plan.memoryMbMax),
    ...(Object.values(manifest.agentcore ?? {}).includes(true) ? { claimsTools: true } : {}),
    stateKey: manifest.sessions.onDeploy === "move" ? row.agentId : row.id,
  };
}
