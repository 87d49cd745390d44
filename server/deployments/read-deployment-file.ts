// One file of a version's bundle as text: read from the stored zip, held against its digests, credentials masked.
import type { BundleFile } from "~/db/tables/uploads";
import type { WorkspaceScope } from "~/server/auth/scope";
import { decodeText } from "~/server/bundles/decode-text";
import { readBundleFile } from "~/server/bundles/read-bundle-file";
import { notFound } from "~/server/errors";
import { redactCode } from "~/server/redaction/redact-code";
import type { Services } from "~/server/services";
import type { DeploymentFile, ReadDeploymentFileInput } from "./compare.contract";
import { findVersion, openVersion, withOpenGate } from "./find-version";

export const fileTextBytesMax = 512 * 1024;

type LeftOut = NonNullable<DeploymentFile["leftOut"]>;

/**
 * The path must be one of the recorded ones, letter by letter. Rejects with `NOT_FOUND`, and with `DEPLOYMENT_FAILED` when the
 * stored bundle is not what was recorded (audited).
 */
export async function readDeploymentFile(
  needs: Pick<Services, "db" | "across" | "blobs">,
  scope: WorkspaceScope,
  input: ReadDeploymentFileInput,
): Promise<DeploymentFile> {
  const version = await findVersion(needs, scope, input);
  const file = version.files.find((candidate) => candidate.path === input.path);
  if (!file) throw notFound("file in this bundle");
  if (version.isPruned) return without(file, "pruned");
  if (file.sizeBytes > fileTextBytesMax) return without(file, "too_large");
  const text = await withOpenGate(scope, async () => {
    const bundle = await openVersion(needs, scope, version);
    return bundle && decodeText(await readBundleFile(bundle, file));
  });
  if (text === null) return without(file, "binary");
  const shown = redactCode(file.path, text);
  return { ...file, text: shown, leftOut: null, isMasked: shown !== text };
}

function without(file: BundleFile, leftOut: LeftOut): DeploymentFile {
  return { ...file, text: null, leftOut, isMasked: false };
}
