// The words of a comparison of two versions, shared with the browser.
import { z } from "zod";
import { runtimes } from "~/db/tables/deployments";
import { BundleFileItem } from "~/server/bundles/bundles.contract";
import { DeploymentIdInput } from "./deployments.contract";

export const CompareDeploymentsInput = DeploymentIdInput.extend({
  /** The version to start from. */
  against: z.string().max(40),
});
export type CompareDeploymentsInput = z.infer<typeof CompareDeploymentsInput>;

export const ReadDeploymentFileInput = DeploymentIdInput.extend({
  /** Exactly as the list of files has it. */
  path: z.string().max(1_024),
});
export type ReadDeploymentFileInput = z.infer<typeof ReadDeploymentFileInput>;

export const DeploymentFiles = z.object({
  items: z.array(BundleFileItem),
  entrypoint: z.string(),
  /** The zip of a version that is too old to be kept is gone: its files are known by name and digest alone. */
  isPruned: z.boolean(),
});
export type DeploymentFiles = z.infer<typeof DeploymentFiles>;

/** Why a file comes without its text. */
export const textLeftOutReasons = ["binary", "too_large", "pruned"] as const;

export const DeploymentFile = BundleFileItem.extend({
  text: z.string().nullable(),
  leftOut: z.enum(textLeftOutReasons).nullable(),
  /** Something that looks like a credential stands as [redacted]. */
  isMasked: z.boolean(),
});
export type DeploymentFile = z.infer<typeof DeploymentFile>;

/** One side: a deployment, or an upload that may become one. */
export const ComparedVersion = z.object({
  deploymentId: z.string().nullable(),
  uploadId: z.string(),
  /** Null for an upload. */
  version: z.number().nullable(),
  runtime: z.enum(runtimes),
  bundleSha256: z.string(),
});
export type ComparedVersion = z.infer<typeof ComparedVersion>;

/** A field of the manifest; values as JSON, null where the field is absent. */
export const ManifestChange = z.object({ path: z.string(), before: z.string().nullable(), after: z.string().nullable() });
export type ManifestChange = z.infer<typeof ManifestChange>;

const keyNeeds = ["required", "optional"] as const;
export const KeyChange = z.object({
  name: z.string(),
  before: z.enum(keyNeeds).nullable(),
  after: z.enum(keyNeeds).nullable(),
});
export type KeyChange = z.infer<typeof KeyChange>;

export const NetworkChange = z.object({
  /** Null: any public host. */
  before: z.array(z.string()).nullable(),
  after: z.array(z.string()).nullable(),
  added: z.array(z.string()),
  removed: z.array(z.string()),
});
export type NetworkChange = z.infer<typeof NetworkChange>;

/** A host that the code of one side names and the other does not. `mayReach`: the manifest of its side lets it through. */
export const HostChange = z.object({ host: z.string(), mayReach: z.boolean(), files: z.array(z.string()) });
export type HostChange = z.infer<typeof HostChange>;

export const DiffLine = z.object({
  kind: z.enum(["same", "added", "removed"]),
  /** Counted from 1 on the side that has the line. */
  before: z.number().nullable(),
  after: z.number().nullable(),
  text: z.string(),
});
export type DiffLine = z.infer<typeof DiffLine>;

export const DiffHunk = z.object({ lines: z.array(DiffLine) });
export type DiffHunk = z.infer<typeof DiffHunk>;

/** Why a changed file comes without its lines. `withheld`: the caller may not read code. `pruned`: a bundle is not kept any more. */
export const linesLeftOutReasons = ["binary", "too_large", "too_different", "too_many", "withheld", "pruned"] as const;

export const FileChange = z.object({
  path: z.string(),
  change: z.enum(["added", "removed", "changed"]),
  beforeBytes: z.number().nullable(),
  afterBytes: z.number().nullable(),
  /** Lines; null where they were not compared. */
  added: z.number().nullable(),
  removed: z.number().nullable(),
  hunks: z.array(DiffHunk).nullable(),
  leftOut: z.enum(linesLeftOutReasons).nullable(),
  /** More lines than are shown. */
  isCut: z.boolean(),
});
export type FileChange = z.infer<typeof FileChange>;

/** Versions of a secret: `before` and `after` as last given to that side, `now` as set at this moment; null is no value. */
export const SecretChange = z.object({
  name: z.string(),
  before: z.number().nullable(),
  after: z.number().nullable(),
  now: z.number().nullable(),
});
export type SecretChange = z.infer<typeof SecretChange>;

export const VersionDiff = z.object({
  before: ComparedVersion,
  after: ComparedVersion,
  isSameBundle: z.boolean(),
  manifest: z.array(ManifestChange),
  keys: z.array(KeyChange),
  /** Null: the same hosts are allowed. */
  network: NetworkChange.nullable(),
  hosts: z.object({
    added: z.array(HostChange),
    removed: z.array(HostChange),
    /** Not all text was looked through: it was too much. */
    isPartial: z.boolean(),
  }),
  /** Those that are not the same then and now; null: the caller may not see which secrets are set. */
  secrets: z.array(SecretChange).nullable(),
  files: z.array(FileChange),
  /** How many further files differ than are named. */
  filesMore: z.number(),
  /** Something that looks like a credential stands as [redacted] in the lines. */
  isMasked: z.boolean(),
});
export type VersionDiff = z.infer<typeof VersionDiff>;
