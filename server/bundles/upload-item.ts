// An upload's row as callers see it.
import type { Selectable } from "kysely";
import type { UploadsTable } from "~/db/tables/uploads";
import type { UploadItem, UploadSource } from "./bundles.contract";
import type { Manifest } from "./manifest.contract";

/** The manifest was judged before it was stored, so it is one. */
export function toUploadItem(row: Selectable<UploadsTable>): UploadItem {
  const { id, fileName, sha256, sizeBytes, files, warnings, createdAt } = row;
  return {
    uploadId: id,
    fileName,
    sha256,
    sizeBytes,
    manifest: row.manifest as Manifest,
    files,
    warnings,
    source: sourceOf(row),
    createdAt,
  };
}

type SourceColumns = Pick<Selectable<UploadsTable>, "githubOwner" | "githubRepo" | "githubRef" | "githubCommit">;

export function sourceOf(row: SourceColumns): UploadSource | null {
  const { githubOwner: owner, githubRepo: repo, githubRef: ref, githubCommit: commit } = row;
  return owner && repo && ref ? { host: "github.com", owner, repo, ref, commit } : null;
}
