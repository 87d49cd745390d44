// Places one immutable version: its code, its version at AgentCore, the house's note of it, its endpoint. Each step may be repeated.
import { createHash } from "node:crypto";
import type { LaunchGrant, Placement } from "~/runtime/contract/host-protocol";
import { AppError } from "~/server/errors";
import { pointEndpoint } from "./endpoints";
import { type Described, grantVariables } from "./grant-variables";
import { codeKeyOf, tagsOf } from "./names";
import { putObject, readMetadata } from "./objects";
import { packCode } from "./pack-code";
import type { PlacedRecord } from "./placed-records";
import type { Room } from "./room";
import { makeVersion } from "./runtimes";

export async function placeVersion(room: Room, placement: Placement, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  assertDigest(placement);
  await putCode(room, placement, signal);
  signal.throwIfAborted();
  const record = (await room.records.read(placement.deploymentId, signal)) ?? (await makeRecord(room, placement, signal));
  await pointEndpoint(room, record, record, signal);
}

/** The same values make the same digest, which no one can read a value from: the telemetry key is among them. */
export function variablesOf(room: Room, described: Described, grant: LaunchGrant) {
  const variables = grantVariables(described, grant, room.telemetryUrl);
  const digest = createHash("sha256").update(JSON.stringify(variables)).digest("hex").slice(0, 24);
  return { variables, digest };
}

async function makeRecord(room: Room, placement: Placement, signal: AbortSignal): Promise<PlacedRecord> {
  const grant = await room.openGrant(placement.deploymentId, { signal });
  const made = await makeVersion(room, { placed: placement, ...variablesOf(room, placement, grant) }, signal);
  const { deploymentId, agentId, workspaceId, userId, version, timeoutMs, stateKey, moduleSha256, networkAllow } = placement;
  const described = { deploymentId, agentId, workspaceId, userId, version, timeoutMs, stateKey, moduleSha256 };
  const record: PlacedRecord = {
    ...described,
    ...(networkAllow ? { networkAllow } : {}),
    ...(placement.claimsTools ? { claimsTools: true } : {}),
    ...made,
    formerVersions: [],
  };
  await room.records.write(record);
  return record;
}

function assertDigest({ module, moduleSha256 }: Placement): void {
  const digest = createHash("sha256").update(module).digest("hex");
  if (digest !== moduleSha256) throw new AppError("DEPLOYMENT_FAILED", "The module does not match its digest. Deploy again.");
}

async function putCode(room: Room, placement: Placement, signal: AbortSignal): Promise<void> {
  const key = codeKeyOf(room.environment, placement);
  const sha256 = placement.moduleSha256;
  const write = {
    key,
    body: await packCode(placement.module),
    contentType: "application/zip",
    tags: tagsOf(room.environment, placement),
    metadata: { "module-sha256": sha256 },
    over: "none" as const,
  };
  if (await putObject(room, write)) return;
  const placed = await readMetadata(room, key, signal);
  if (placed?.["module-sha256"] === sha256) return;
  throw new AppError("CONFLICT", "This deployment is already placed with another module; deployments never change.");
}
