// One accepted bundle of the workspace.
import { inWorkspace } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import type { UploadItem } from "./bundles.contract";
import { findUpload } from "./bundles.queries";
import { toUploadItem } from "./upload-item";

export async function getUpload(needs: Pick<Services, "db">, scope: WorkspaceScope, uploadId: string): Promise<UploadItem> {
  const row = await inWorkspace(needs.db, scope, (tx) => findUpload(tx, scope, uploadId));
  if (!row) throw notFound("upload");
  return toUploadItem(row);
}
