// Stage "built": the customer's entry point and our wrapper become one module, stored with its digest.
import { createHash } from "node:crypto";
import type { Manifest } from "~/server/bundles/manifest.contract";
import type { DeploymentKey } from "./deployments.jobs";
import { type Run, RunInterrupted, say } from "./held-run";
import { updateHeldAcrossWorkspaces } from "./steps.queries";

export type StoredModule = { text: string; sha256: string };

export async function buildStage(run: Run, directory: string, signal: AbortSignal): Promise<StoredModule> {
  const { entrypoint } = run.row.manifest as Manifest;
  const built = await run.provider.build({ directory, entrypoint }, { signal });
  const bytes = Buffer.from(built.code, "utf8");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const blobKey = moduleBlobKeyOf(run.key);
  signal.throwIfAborted();
  await run.needs.blobs.putBytes(blobKey, bytes);
  const held = await updateHeldAcrossWorkspaces(run.needs.across, run.key, { moduleSha256: sha256, moduleBlobKey: blobKey });
  if (!held) throw new RunInterrupted("lease_lost");
  await say(run, "built", "warn", built.warnings);
  await say(run, "built", "info", [`Built ${entrypoint}: ${Math.ceil(bytes.length / 1024)} KiB.`]);
  return { text: built.code, sha256 };
}

/** Where a version's module lies; nothing else writes there. */
export function moduleBlobKeyOf(key: DeploymentKey): string {
  return `${key.workspaceId}/modules/${key.deploymentId}.mjs`;
}
