// The machine door of uploads: what the HTTP server calls with the raw body of `POST /v1/uploads` (CONTRACTS "Surfaces").
import type { Readable } from "node:stream";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Services } from "~/server/services";
import type { UploadItem } from "./bundles.contract";
import type { OnceKey } from "./enter-upload-once";
import { receiveUpload } from "./receive-upload";

export type UploadRequest = {
  /** The body, unread: nothing in front may buffer it. */
  stream: Readable;
  /** From `Content-Disposition`, `X-File-Name` or the form; null when the caller gave none. */
  fileName: string | null;
  contentLength: number | undefined;
  /** The caller's idempotency key, when there is one. */
  once?: OnceKey | undefined;
};

/** Answered with 201. On any error the rest of the body is not read: answer, then close the connection. */
export function handleUpload(services: Services, scope: WorkspaceScope, request: UploadRequest): Promise<UploadItem> {
  const { stream, contentLength, once } = request;
  return receiveUpload(services, scope, { fileName: request.fileName ?? "bundle.zip", stream, contentLength, once });
}
