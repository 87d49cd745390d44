// What moves when another version goes live: against the live one, its manifest, its files, its secrets, and what falls out of reach.
import type { BundleFile } from "~/db/tables/uploads";
import type { Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import type { Manifest } from "~/server/bundles/manifest.contract";
import { listInjectable } from "~/server/secrets/list-injectable";
import { missingRequiredKeys } from "~/server/secrets/missing-required-keys";
import { compareManifests } from "./compare-manifests";
import type { DeploymentRow } from "./deployments.queries";
import type { FilesSummary, NamedVersion } from "./foresight.contract";
import { findFilesOfUpload } from "./foresight.queries";

const namedFilesMax = 100;

export type Incoming = { agentId: string; manifest: Manifest; uploadId: string };

export async function foreseeChange(tx: Tx, scope: WorkspaceScope, incoming: Incoming, live: DeploymentRow | null) {
  const { agentId, manifest, uploadId } = incoming;
  const ofAgent = { workspaceId: scope.workspaceId, agentId };
  const before = live ? await findFilesOfUpload(tx, scope, live.uploadId) : [];
  const after = live?.uploadId === uploadId ? before : await findFilesOfUpload(tx, scope, uploadId);
  const injectable = await listInjectable(tx, ofAgent, manifest);
  return {
    manifest: live ? compareManifests(live.manifest as Manifest, manifest) : [],
    files: compareFiles(before, after),
    missingKeys: await missingRequiredKeys(tx, { ...ofAgent, requiredKeys: manifest.env.requiredKeys }),
    secrets: injectable.map((secret) => ({ ...secret, liveVersion: live?.secretVersions[secret.name] ?? null })),
  };
}

function compareFiles(before: readonly BundleFile[], after: readonly BundleFile[]): FilesSummary {
  const [old, now] = [digestsOf(before), digestsOf(after)];
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  const differing = paths.flatMap((path) => {
    const [was, is] = [old.get(path), now.get(path)];
    if (was === is) return [];
    return [
      { path, change: was === undefined ? ("added" as const) : is === undefined ? ("removed" as const) : ("changed" as const) },
    ];
  });
  const count = (change: string) => differing.filter((file) => file.change === change).length;
  return {
    added: count("added"),
    changed: count("changed"),
    removed: count("removed"),
    unchanged: paths.length - differing.length,
    named: differing.slice(0, namedFilesMax),
  };
}

function digestsOf(files: readonly BundleFile[]): Map<string, string> {
  return new Map(files.map((file) => [file.path, file.sha256]));
}

/** Both newest first: versions that the plan lets go live again now, and does not any more afterwards. */
export function fallenOutOfReach(now: readonly NamedVersion[], then: readonly NamedVersion[], keptMax: number): NamedVersion[] {
  const reachable = new Set(now.slice(0, keptMax).map((version) => version.deploymentId));
  return then.slice(keptMax).filter((version) => reachable.has(version.deploymentId));
}

/** The versions that could go live, newest first, after `came` were added and `left` went. */
export function afterwards(now: readonly NamedVersion[], { came, left }: { came: (NamedVersion | null)[]; left: string | null }) {
  const added = came.filter((version) => version !== null);
  return [...now.filter((version) => version.deploymentId !== left), ...added].sort((one, other) => other.version - one.version);
}
