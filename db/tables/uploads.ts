// One accepted bundle: the zip as it came (in blob storage), its digest, and what the check found in it.
import type { ColumnType } from "kysely";
import type { ColumnClasses } from "./classes";

/** One regular file of a bundle. `path` is relative, `/`-separated, NFC. */
export type BundleFile = { path: string; sizeBytes: number; sha256: string };

export type UploadsTable = {
  id: string;
  workspaceId: string;
  createdBy: string;
  /** The API key that sent it, when it was none of a person's own. */
  madeByKeyId: string | null;
  fileName: string;
  sha256: string;
  sizeBytes: number;
  /** Key in blob storage; begins with the workspace id. */
  blobKey: string;
  manifest: ColumnType<Record<string, unknown>, string, never>;
  files: ColumnType<BundleFile[], string, never>;
  warnings: ColumnType<string[], string, never>;
  /** The public repository that it was fetched from; all null when somebody sent the zip. */
  githubOwner: string | null;
  githubRepo: string | null;
  githubRef: string | null;
  /** As the archive itself says; null when it does not. */
  githubCommit: string | null;
  createdAt: ColumnType<Date, Date | undefined, never>;
  /** No version that is kept uses it any more: its zip goes, its row stays. */
  prunedAt: ColumnType<Date | null, undefined, Date>;
  blobRemovedAt: ColumnType<Date | null, undefined, Date>;
};

export const uploadsColumns: ColumnClasses<UploadsTable> = {
  id: "metadata",
  workspaceId: "metadata",
  createdBy: "metadata",
  madeByKeyId: "metadata",
  fileName: "metadata",
  sha256: "metadata",
  sizeBytes: "metadata",
  blobKey: "metadata",
  manifest: "metadata",
  files: "metadata",
  warnings: "metadata",
  githubOwner: "metadata",
  githubRepo: "metadata",
  githubRef: "metadata",
  githubCommit: "metadata",
  createdAt: "metadata",
  prunedAt: "metadata",
  blobRemovedAt: "metadata",
};
