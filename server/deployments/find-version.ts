// One version as it is compared and looked into: a deployment, or an upload that may become one.
import type { Runtime } from "~/db/tables/deployments";
import type { BundleFile } from "~/db/tables/uploads";
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { findUpload } from "~/server/bundles/bundles.queries";
import { enterCheckGate } from "~/server/bundles/check-gate";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { type OpenedBundle, openBundle } from "~/server/bundles/open-bundle";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { ComparedVersion } from "./compare.contract";
import { findDeployment } from "./deployments.queries";
import { readVerified } from "./read-verified";

export type VersionName = { deploymentId: string } | { uploadId: string; runtime?: Runtime };

export type Version = ComparedVersion & {
  /** Null for an upload. */
  agentId: string | null;
  manifest: Manifest;
  files: BundleFile[];
  blobKey: string;
  /** The zip went when the version was too old to be kept. */
  isPruned: boolean;
  /** name → version of each secret as it was last given; null for an upload. */
  secretVersions: Record<string, number> | null;
};

/** Rejects with `NOT_FOUND`. */
export function findVersion(needs: Pick<Services, "db">, scope: WorkspaceScope, name: VersionName): Promise<Version> {
  return inWorkspace(needs.db, scope, async (tx) => {
    const row = "deploymentId" in name ? await findDeployment(tx, scope, name.deploymentId) : null;
    if (row === undefined) throw notFound("deployment");
    const upload = await findUpload(tx, scope, "uploadId" in name ? name.uploadId : (row?.uploadId ?? ""));
    if (!upload) throw notFound("upload");
    const manifest = (row ?? upload).manifest as Manifest;
    return {
      deploymentId: row?.id ?? null,
      uploadId: upload.id,
      agentId: row?.agentId ?? null,
      version: row?.version ?? null,
      runtime: row?.runtime ?? ("uploadId" in name && name.runtime ? name.runtime : firstRuntime(manifest)),
      bundleSha256: row?.bundleSha256 ?? upload.sha256,
      blobKey: row?.bundleBlobKey ?? upload.blobKey,
      isPruned: Boolean(upload.prunedAt),
      manifest,
      files: upload.files,
      secretVersions: row?.secretVersions ?? null,
    };
  });
}

function firstRuntime({ runtime }: Manifest): Runtime {
  return Array.isArray(runtime) ? (runtime[0] as Runtime) : runtime;
}

/** The stored zip, held against its digest first: a difference is refused and audited. Null when it is not kept any more. */
export async function openVersion(
  needs: Pick<Services, "across" | "blobs">,
  scope: WorkspaceScope,
  version: Version,
): Promise<OpenedBundle | null> {
  if (version.isPruned) return null;
  const { workspaceId } = scope;
  const { deploymentId, uploadId, blobKey, bundleSha256: sha256 } = version;
  const of = deploymentId === null ? { workspaceId, uploadId } : { workspaceId, deploymentId };
  return openBundle(await readVerified(needs, { ...of, what: "bundle", blobKey, sha256 }));
}

/** Whole zips lie in memory meanwhile: few do at once. */
export async function withOpenGate<Answer>({ workspaceId }: WorkspaceScope, read: () => Promise<Answer>): Promise<Answer> {
  const leave = await enterCheckGate(workspaceId);
  try {
    return await read();
  } finally {
    leave();
  }
}
