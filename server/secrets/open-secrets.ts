// The one path on which secrets are opened. Two verbs use it, and no router may.
import type { DeploymentStatus } from "~/db/tables/deployments";
import { inTransaction } from "~/db/transaction";
import type { LaunchGrant } from "~/runtime/contract/host-protocol";
import { AppError, notFound } from "~/server/errors";
import type { Services } from "~/server/services";
import { deriveTelemetryKey } from "~/server/telemetry/telemetry-key";
import { manifestKeys } from "./manifest-keys";
import { secretPlace } from "./secret-place";
import {
  findLaunchAcrossWorkspaces,
  listSealedValuesAcrossWorkspaces,
  setInjectedAcrossWorkspaces,
  setSecretVersionsAcrossWorkspaces,
} from "./secrets.queries";

type OpenNeeds = Pick<Services, "across" | "vault" | "clock" | "config">;
type Launch = NonNullable<Awaited<ReturnType<typeof findLaunchAcrossWorkspaces>>>;

export type OpenedSecrets = LaunchGrant & {
  /** name → version of each value that was handed out. */
  secretVersions: Record<string, number>;
};

/** A superseded version may still be called: it stays ready for rollback and for sessions that stay with it. */
const launchable: ReadonlySet<DeploymentStatus> = new Set(["running", "ready", "active", "superseded"]);

export async function openSecrets(services: OpenNeeds, deploymentId: string): Promise<OpenedSecrets> {
  const launch = await findLaunchAcrossWorkspaces(services.across, deploymentId);
  const target = assertLaunchable(launch);
  const { required, optional } = manifestKeys(target.manifest);
  const { env, secretVersions } = await openNamed(services, target, [...required, ...optional]);
  await noteInjection(services, target, secretVersions);
  const telemetryKey = deriveTelemetryKey(services.config.telemetryRootKey, target.deploymentId, target.telemetryGeneration);
  return { env, telemetryKey: telemetryKey.toString("hex"), secretVersions };
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

async function openNamed(services: OpenNeeds, target: Launch, names: readonly string[]) {
  const rows = names.length === 0 ? [] : await listSealedValuesAcrossWorkspaces(services.across, target, names);
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

/** The deployment's row says which versions it runs with now, so that people see which still run an old value (MISSION F4). */
async function noteInjection(services: OpenNeeds, target: Launch, secretVersions: Record<string, number>): Promise<void> {
  const { workspaceId, agentId, deploymentId } = target;
  const names = Object.keys(secretVersions);
  await inTransaction(services.across, async (tx) => {
    await setSecretVersionsAcrossWorkspaces(tx, { workspaceId, deploymentId, secretVersions });
    if (names.length > 0) await setInjectedAcrossWorkspaces(tx, { workspaceId, agentId, names, at: services.clock.now() });
  });
}
