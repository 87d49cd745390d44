// An agent's secrets by name: which are needed, which are set, and whether what runs has today's values. Never a value.
import { inWorkspace, type Tx } from "~/db/transaction";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { readNamedVariables } from "~/server/variables/read-named-variables";
import { findStale } from "./find-stale";
import { type ManifestKeys, manifestKeys } from "./manifest-keys";
import type { ListSecretsInput, SecretItem } from "./secrets.contract";
import { findAgentOfSecrets, findManifestInForce, findManifestOfUpload, listSecretRows } from "./secrets.queries";

/** More than an agent can have: `writeSecret` stops before. */
const rowsMax = 500;

type SecretRow = Awaited<ReturnType<typeof listSecretRows>>[number];

/** Required ones first, then optional ones, then those that no manifest names any more; of each, what has no value first. */
export async function listSecrets(
  services: Pick<Services, "db" | "providers" | "log">,
  scope: WorkspaceScope,
  input: ListSecretsInput,
): Promise<{ items: SecretItem[] }> {
  const { keys, rows } = await inWorkspace(services.db, scope, async (tx) => {
    const agent = await findAgentOfSecrets(tx, scope, input.agentId);
    if (!agent) throw notFound("agent");
    const manifest = await findStoredManifest(tx, scope, input);
    return {
      keys: await secretKeys(tx, scope, input.agentId, manifest),
      rows: await listSecretRows(tx, scope, input.agentId, rowsMax),
    };
  });
  const { items: stale } = await findStale(services, scope, input.agentId);
  const staleNames = new Set(stale.flatMap((deployment) => deployment.keys.map(({ name }) => name)));
  return { items: merge(keys, rows, staleNames) };
}

/** A key whose value is a variable is no secret. */
async function secretKeys(
  tx: Tx,
  scope: WorkspaceScope,
  agentId: string,
  manifest?: Record<string, unknown>,
): Promise<ManifestKeys> {
  const { required, optional } = manifestKeys(manifest);
  const agent = { workspaceId: scope.workspaceId, agentId };
  const { versions } = await readNamedVariables(tx, agent, [...required, ...optional]);
  const isSecret = (name: string) => versions[name] === undefined;
  return { required: required.filter(isSecret), optional: optional.filter(isSecret) };
}

async function findStoredManifest(tx: Tx, scope: WorkspaceScope, input: ListSecretsInput) {
  if (input.uploadId === undefined) return (await findManifestInForce(tx, scope, input.agentId))?.manifest;
  const upload = await findManifestOfUpload(tx, scope, input.uploadId);
  if (!upload) throw notFound("upload");
  return upload.manifest;
}

function merge(keys: ManifestKeys, rows: SecretRow[], staleNames: ReadonlySet<string>): SecretItem[] {
  const byName = new Map(rows.map((row) => [row.name, row]));
  const missingFirst = (names: readonly string[]) =>
    [...names].sort((one, other) => Number(byName.get(one)?.isSet ?? false) - Number(byName.get(other)?.isSet ?? false));
  const named = [...missingFirst(keys.required), ...missingFirst(keys.optional)];
  const isNamed = new Set(named);
  const others = rows.filter((row) => row.isSet && !isNamed.has(row.name)).map((row) => row.name);
  return [...isNamed, ...others].map((name) => toItem(name, byName.get(name), { keys, staleNames }));
}

function toItem(
  name: string,
  row: SecretRow | undefined,
  { keys, staleNames }: { keys: ManifestKeys; staleNames: ReadonlySet<string> },
): SecretItem {
  const isRequired = keys.required.includes(name);
  const isOptional = !isRequired && keys.optional.includes(name);
  return {
    name,
    isSet: row?.isSet ?? false,
    version: row?.version ?? 0,
    isRequired,
    isOptional,
    updatedBy: row?.updatedByName ?? row?.updatedBy ?? null,
    updatedAt: row?.updatedAt ?? null,
    lastInjectedAt: row?.lastInjectedAt ?? null,
    expiresAt: row?.expiresAt ?? null,
    isStale: staleNames.has(name),
  };
}
