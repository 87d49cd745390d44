// The one path on which secrets are opened. Two verbs use it, and no router may.
import type { DeploymentStatus } from "~/db/tables/deployments";
import { inTransaction, type Tx } from "~/db/transaction";
import type { LaunchGrant } from "~/runtime/contract/host-protocol";
import { AppError, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { deriveTelemetryKey } from "~/server/telemetry/telemetry-key";
import { readNamedVariables } from "~/server/variables/read-named-variables";
import { setVariableVersionsAcrossWorkspaces } from "~/server/variables/variables.queries";
import { manifestKeys } from "./manifest-keys";
import { missingRequiredKeys } from "./missing-required-keys";
import { secretPlace } from "./secret-place";
import {
  listSealedValuesAcrossWorkspaces,
  lockLaunchAcrossWorkspaces,
  setInjectedAcrossWorkspaces,
  setSecretVersionsAcrossWorkspaces,
} from "./secrets.queries";
import { setVersionsInjectedAcrossWorkspaces } from "./versions.queries";

type OpenNeeds = Pick<Services, "across" | "vault" | "clock" | "config">;
type Launch = NonNullable<Awaited<ReturnType<typeof lockLaunchAcrossWorkspaces>>>;

export type OpenedSecrets = Omit<LaunchGrant, "moduleSha256"> & {
  variables: Record<string, string>;
  /** Null before it was built. */
  moduleSha256: string | null;
  /** name → version of each value that was handed out. */
  secretVersions: Record<string, number>;
};

type Given = Record<"secretVersions" | "variableVersions", Record<string, number>> & { at: Date };

/** A superseded version may still be called: it stays ready for rollback and for sessions that stay with it. */
const launchable: ReadonlySet<DeploymentStatus> = new Set(["running", "ready", "active", "superseded"]);

/**
 * In one transaction that holds the deployment's row: of two launches of one version the later one is noted last, whatever was set
 * between them. Rejects while a required key has no value, so that no agent starts half configured.
 */
export function openSecrets(services: OpenNeeds, deploymentId: string): Promise<OpenedSecrets> {
  return inTransaction(services.across, async (tx) => {
    const target = assertLaunchable(await lockLaunchAcrossWorkspaces(tx, deploymentId));
    const { required, optional } = manifestKeys(target.manifest);
    await assertNoneMissing(tx, target, required);
    const names = [...required, ...optional];
    const { env, secretVersions } = await openNamed(services, tx, target, names);
    const variables = await readNamedVariables(tx, target, names);
    await noteInjection(tx, target, { secretVersions, variableVersions: variables.versions, at: services.clock.now() });
    const telemetryKey = deriveTelemetryKey(services.config.telemetryRootKey, target.deploymentId, target.telemetryGeneration);
    const { moduleSha256 } = target;
    return { env, variables: variables.values, telemetryKey: telemetryKey.toString("hex"), secretVersions, moduleSha256 };
  });
}

async function assertNoneMissing(tx: Tx, target: Launch, requiredKeys: readonly string[]): Promise<void> {
  const missing = await missingRequiredKeys(tx, { ...target, requiredKeys });
  if (missing.length === 0) return;
  const [names, have, them] = [missing.join(", "), missing.length === 1 ? "has" : "have", missing.length === 1 ? "it" : "them"];
  throw new AppError("CONFLICT", `The agent cannot start: ${names} ${have} no value. Set ${them}, and the next call starts it.`, {
    details: { reason: "secrets_missing" },
  });
}

function assertLaunchable(launch: Launch | undefined): Launch {
  if (!launch || launch.agentDeletedAt) throw notFound("deployment");
  if (launch.agentDisabledAt) throw new AppError("UNAUTHORIZED", "The agent is disabled. Enable it before it can start.");
  if (launch.workspaceDisabledAt) throw new AppError("UNAUTHORIZED", "The workspace is disabled; nothing of it can start.");
  if (!launchable.has(launch.status)) {
    throw new AppError("CONFLICT", `The deployment is ${launch.status}; only a placed one can start.`);
  }
  return launch;
}

async function openNamed(services: OpenNeeds, tx: Tx, target: Launch, names: readonly string[]) {
  const rows = names.length === 0 ? [] : await listSealedValuesAcrossWorkspaces(tx, target, names);
  const env: Record<string, string> = {};
  const secretVersions: Record<string, number> = {};
  for (const { name, version, sealedValue } of rows) {
    if (!sealedValue) continue;
    const place = secretPlace({ workspaceId: target.workspaceId, agentId: target.agentId, name, version });
    env[name] = await services.vault.open(place, sealedValue);
    secretVersions[name] = version;
  }
  return { env, secretVersions };
}

/** The deployment's row says what it was given last; the history of each secret says when which version was (MISSION F4). */
async function noteInjection(tx: Tx, target: Launch, { secretVersions, variableVersions, at }: Given): Promise<void> {
  const { workspaceId, agentId, deploymentId } = target;
  await setSecretVersionsAcrossWorkspaces(tx, { workspaceId, deploymentId, secretVersions });
  await setVariableVersionsAcrossWorkspaces(tx, { workspaceId, deploymentId, variableVersions });
  const names = Object.keys(secretVersions);
  if (names.length === 0) return;
  await setInjectedAcrossWorkspaces(tx, { workspaceId, agentId, names, at });
  await setVersionsInjectedAcrossWorkspaces(tx, { workspaceId, agentId, names, at });
}
