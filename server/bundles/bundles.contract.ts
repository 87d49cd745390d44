// The words of uploads, shared with the browser.
import { z } from "zod";
import { Moment } from "~/server/zod-shapes";
import { Manifest } from "./manifest.contract";

export const BundleFileItem = z.object({ path: z.string(), sizeBytes: z.number(), sha256: z.string() });

export const UploadItem = z.object({
  uploadId: z.string(),
  fileName: z.string(),
  sha256: z.string(),
  sizeBytes: z.number(),
  manifest: Manifest,
  files: z.array(BundleFileItem),
  warnings: z.array(z.string()),
  createdAt: Moment,
});
export type UploadItem = z.infer<typeof UploadItem>;

export const UploadIdInput = z.object({ uploadId: z.string().max(40) });

/** One of `examples/`, offered as a starting point. */
export const ExampleItem = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  requiredKeys: z.array(z.string()),
});
export type ExampleItem = z.infer<typeof ExampleItem>;
export const ExampleNameInput = z.object({ name: z.string().max(63) });
