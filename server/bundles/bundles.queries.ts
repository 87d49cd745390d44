// Uploads as rows.
import type { Db } from "~/db/client";
import type { BundleFile } from "~/db/tables/uploads";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Manifest } from "./manifest.contract";

export type NewUpload = {
  id: string;
  createdBy: string;
  madeByKeyId: string | null;
  fileName: string;
  sha256: string;
  sizeBytes: number;
  blobKey: string;
  manifest: Manifest;
  files: BundleFile[];
  warnings: string[];
  githubOwner: string | null;
  githubRepo: string | null;
  githubRef: string | null;
  githubCommit: string | null;
  createdAt: Date;
};

export function insertUpload(tx: Db, scope: WorkspaceScope, upload: NewUpload) {
  return tx
    .insertInto("uploads")
    .values({
      ...upload,
      workspaceId: scope.workspaceId,
      manifest: JSON.stringify(upload.manifest),
      files: JSON.stringify(upload.files),
      warnings: JSON.stringify(upload.warnings),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export function findUpload(tx: Db, scope: WorkspaceScope, uploadId: string) {
  return tx
    .selectFrom("uploads")
    .selectAll()
    .where("workspaceId", "=", scope.workspaceId)
    .where("id", "=", uploadId)
    .executeTakeFirst();
}

/** Uploads that no deployment ever used, made before `before`. */
export function listUnusedUploadsAcrossWorkspaces(db: Db, before: Date, limit: number) {
  return db
    .selectFrom("uploads")
    .select(["id", "workspaceId", "blobKey"])
    .where("createdAt", "<", before)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("deployments").select("deployments.id").whereRef("deployments.uploadId", "=", "uploads.id"))),
    )
    .limit(limit)
    .execute();
}

/** Loses quietly against a deployment that took the upload meanwhile: its foreign key keeps the row. */
export async function deleteUnusedUploadAcrossWorkspaces(db: Db, upload: { id: string; workspaceId: string }): Promise<boolean> {
  const result = await db
    .deleteFrom("uploads")
    .where("workspaceId", "=", upload.workspaceId)
    .where("id", "=", upload.id)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("deployments").select("deployments.id").whereRef("deployments.uploadId", "=", "uploads.id"))),
    )
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}
