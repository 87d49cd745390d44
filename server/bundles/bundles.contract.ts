// The words of uploads, shared with the browser.
import { z } from "zod";
import { Moment } from "~/server/zod-shapes";
import { Manifest } from "./manifest.contract";

export const BundleFileItem = z.object({ path: z.string(), sizeBytes: z.number(), sha256: z.string() });

/** The public repository that GitHub packed; `commit` is null when the archive did not say. */
export const UploadSource = z.object({
  host: z.literal("github.com"),
  owner: z.string(),
  repo: z.string(),
  ref: z.string(),
  commit: z.string().nullable(),
});
export type UploadSource = z.infer<typeof UploadSource>;

export const UploadItem = z.object({
  uploadId: z.string(),
  fileName: z.string(),
  sha256: z.string(),
  sizeBytes: z.number(),
  manifest: Manifest,
  files: z.array(BundleFileItem),
  warnings: z.array(z.string()),
  /** Null: it was sent as a file. */
  source: UploadSource.nullable(),
  createdAt: Moment,
});
export type UploadItem = z.infer<typeof UploadItem>;

/** Judged by `parseGithubSource`. An empty `ref` is the default branch. */
export const GithubUploadInput = z.object({ url: z.string().max(300), ref: z.string().max(200).default("") });
export type GithubUploadInput = z.infer<typeof GithubUploadInput>;

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
