// Real bundles for tests: a handler's source becomes a zip, taken in by the real door.
import { Readable } from "node:stream";
import { zipSync } from "fflate";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { UploadItem } from "~/server/bundles/bundles.contract";
import { receiveUpload } from "~/server/bundles/receive-upload";
import type { Services } from "~/server/services";
import { createTestManifest } from "./factories";

export const helloSource = `export default async () => "hello";`;

/** A zip with a manifest and `index.ts`. */
export function bundleOf(source = helloSource, manifest: Record<string, unknown> = {}): Uint8Array {
  const encode = (text: string) => new TextEncoder().encode(text);
  return zipSync({
    "agent.config.json": encode(JSON.stringify(createTestManifest(manifest))),
    "index.ts": encode(source),
  });
}

/** The same with more files, or others: path → text. */
export function uploadFiles(services: Services, scope: WorkspaceScope, files: Record<string, string>): Promise<UploadItem> {
  const zip = zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)])));
  return receiveUpload(services, scope, { fileName: "bundle.zip", stream: Readable.from([zip]) });
}

export function uploadBundle(
  services: Services,
  scope: WorkspaceScope,
  source?: string,
  manifest?: Record<string, unknown>,
): Promise<UploadItem> {
  return receiveUpload(services, scope, { fileName: "bundle.zip", stream: Readable.from([bundleOf(source, manifest)]) });
}
