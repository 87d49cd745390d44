// Takes in one of the examples as if the caller had uploaded its zip: the same check, the same record.
import { Readable } from "node:stream";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { UploadItem } from "./bundles.contract";
import { packExample } from "./examples";
import { receiveUpload } from "./receive-upload";

export async function uploadExample(
  needs: Parameters<typeof receiveUpload>[0],
  scope: WorkspaceScope,
  name: string,
): Promise<UploadItem> {
  const zip = await packExample(name);
  return receiveUpload(needs, scope, { fileName: `${name}.zip`, stream: Readable.from([zip]), contentLength: zip.length });
}
