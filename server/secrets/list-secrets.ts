// An agent's secrets by name: which are needed, which are set, and whether the live deployment runs with today's values. Never a value.
import { inWorkspace, type Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { type ManifestKeys, manifestKeys } from "./manifest-keys";
import type { ListSecretsInput, SecretItem } from "./secrets.contract";
import {
  findAgentOfSecrets,
  findManifestOfNewestDeployment,
  findManifestOfUpload,
  findVersionsOfLiveDeployment,
  listSecretRows,
} from "./secrets.queries";

/** More than an agent can have: `setSecret` stops before. */
const rowsMax = 500;

type SecretRow = Awaited<ReturnType<typeof listSecretRows>>[number];

/** Required ones first, then optional ones, then those that no manifest names any more. */
export function listSecrets(
  services: Pick<Services, "db">,
  scope: WorkspaceScope,
  input: ListSecretsInput,
): Promise<{ items: SecretItem[] }> {
  return inWorkspace(services.db, scope, async (tx) => {
    const agent = await findAgentOfSecrets(tx, scope, input.agentId);
    if (!agent) throw notFound("agent");
    const keys = manifestKeys(await findStoredManifest(tx, scope, input));
    const rows = await listSecretRows(tx, scope, input.agentId, rowsMax);
    const live = agent.activeDeploymentId && (await findVersionsOfLiveDeployment(tx, scope, agent.activeDeploymentId));
    return { items: merge(keys, rows, live ? live.secretVersions : null) };
  });
}

async function findStoredManifest(tx: Tx, scope: WorkspaceScope, input: ListSecretsInput) {
  if (input.uploadId === undefined) return (await findManifestOfNewestDeployment(tx, scope, input.agentId))?.manifest;
  const upload = await findManifestOfUpload(tx, scope, input.uploadId);
  if (!upload) throw notFound("upload");
  return upload.manifest;
}

function merge(keys: ManifestKeys, rows: SecretRow[], liveVersions: Record<string, number> | null): SecretItem[] {
  const byName = new Map(rows.map((row) => [row.name, row]));
  const named = [...keys.required, ...keys.optional];
  const isNamed = new Set(named);
  const others = rows.filter((row) => row.isSet && !isNamed.has(row.name)).map((row) => row.name);
  return [...isNamed, ...others].map((name) => toItem(name, byName.get(name), { keys, liveVersions }));
}

function toItem(
  name: string,
  row: SecretRow | undefined,
  around: { keys: ManifestKeys; liveVersions: Record<string, number> | null },
): SecretItem {
  const { keys, liveVersions } = around;
  const isRequired = keys.required.includes(name);
  const isOptional = !isRequired && keys.optional.includes(name);
  const current = row?.isSet ? row.version : null;
  return {
    name,
    isSet: row?.isSet ?? false,
    version: row?.version ?? 0,
    isRequired,
    isOptional,
    updatedBy: row?.updatedByName ?? row?.updatedBy ?? null,
    updatedAt: row?.updatedAt ?? null,
    lastInjectedAt: row?.lastInjectedAt ?? null,
    isStale: liveVersions !== null && (isRequired || isOptional) && (liveVersions[name] ?? null) !== current,
  };
}
