// An upload's row as callers see it.
import type { Selectable } from "kysely";
import type { UploadsTable } from "~/db/tables/uploads";
import type { UploadItem } from "./bundles.contract";
import type { Manifest } from "./manifest.contract";

/** The manifest was judged before it was stored, so it is one. */
export function toUploadItem(row: Selectable<UploadsTable>): UploadItem {
  const { id, fileName, sha256, sizeBytes, files, warnings, createdAt } = row;
  return { uploadId: id, fileName, sha256, sizeBytes, manifest: row.manifest as Manifest, files, warnings, createdAt };
}
