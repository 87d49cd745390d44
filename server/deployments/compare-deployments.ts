// What is different between two versions of an agent: manifest, keys, files with their lines, hosts, secrets (AHEAD 11).
import { inWorkspace } from "~/db/transaction";
import { grantMay } from "~/server/auth/permissions";
import type { WorkspaceScope } from "~/server/auth/scope";
import { invalidField } from "~/server/errors";
import type { Services } from "~/server/services";
import type { ComparedVersion, HostChange, VersionDiff } from "./compare.contract";
import { readSecretVersionsNow } from "./compare.queries";
import { compareFiles, type FilesDiff } from "./compare-files";
import type { HostMention } from "./compare-hosts";
import { compareKeys, compareManifests, compareNetworks, manifestLetsThrough } from "./compare-manifests";
import { compareSecrets } from "./compare-secrets";
import { findVersion, openVersion, type Version, type VersionName, withOpenGate } from "./find-version";

type Needs = Pick<Services, "db" | "across" | "blobs">;

/**
 * `before` is a deployment, `after` another one of the same agent or an upload of the workspace. Rejects with `NOT_FOUND`,
 * `INVALID_REQUEST` for versions of two agents, `DEPLOYMENT_FAILED` when a stored bundle is not what was recorded (audited).
 */
export async function compareDeployments(
  needs: Needs,
  scope: WorkspaceScope,
  names: { before: { deploymentId: string }; after: VersionName },
): Promise<VersionDiff> {
  const before = await findVersion(needs, scope, names.before);
  const after = await findVersion(needs, scope, names.after);
  const agentId = sharedAgentOf(before, after);
  const now = await inWorkspace(needs.db, scope, (tx) => readSecretVersionsNow(tx, scope, agentId));
  const files = await compareBundles(needs, scope, { before, after });
  return {
    before: toCompared(before),
    after: toCompared(after),
    isSameBundle: before.bundleSha256 === after.bundleSha256,
    manifest: compareManifests(before.manifest, after.manifest),
    keys: compareKeys(before.manifest, after.manifest),
    network: compareNetworks(before.manifest, after.manifest),
    secrets: grantMay(scope.grant, "secret.read") ? compareSecrets(before, after, now) : null,
    files: files.files,
    filesMore: files.filesMore,
    isMasked: files.isMasked,
    hosts: {
      added: files.hosts.added.map((mention) => toHostChange(after, mention)),
      removed: files.hosts.removed.map((mention) => toHostChange(before, mention)),
      isPartial: files.hosts.isPartial,
    },
  };
}

function sharedAgentOf(before: Version, after: Version): string {
  const agentId = before.agentId ?? "";
  if (after.agentId === null || after.agentId === agentId) return agentId;
  throw invalidField("against", "This is a version of another agent. Compare two versions of the same one.");
}

const nothing: FilesDiff = {
  files: [],
  filesMore: 0,
  isMasked: false,
  hosts: { added: [], removed: [], isPartial: false },
};

/** The same digest is the same bundle: then nothing is read. */
function compareBundles(needs: Needs, scope: WorkspaceScope, versions: { before: Version; after: Version }): Promise<FilesDiff> {
  const { before, after } = versions;
  if (before.bundleSha256 === after.bundleSha256) return Promise.resolve(nothing);
  return withOpenGate(scope, async () => {
    const sides = {
      before: { files: before.files, bundle: await openVersion(needs, scope, before) },
      after: { files: after.files, bundle: await openVersion(needs, scope, after) },
    };
    return compareFiles(sides, { mayReadCode: grantMay(scope.grant, "bundle.read") });
  });
}

function toCompared({ deploymentId, uploadId, version, runtime, bundleSha256 }: Version): ComparedVersion {
  return { deploymentId, uploadId, version, runtime, bundleSha256 };
}

function toHostChange({ manifest }: Version, { host, files }: HostMention): HostChange {
  return { host, files, mayReach: manifestLetsThrough(manifest, host) };
}
