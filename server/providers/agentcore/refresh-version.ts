// Today's secrets for a placed version: a further version with the same code is made, tried, and then takes the endpoint over.
import type { PlacedDeployment } from "~/server/providers/provider";
import { defaultEndpoint, pointEndpoint } from "./endpoints";
import { runtimeSessionIdOf } from "./names";
import { variablesOf } from "./place-version";
import type { PlacedRecord } from "./placed-records";
import type { Room } from "./room";
import { startProcess, stopSessions } from "./run-call";
import { deleteVersion, listVersions, makeVersion, type RuntimeVersion } from "./runtimes";
import { pause } from "./wait-until";

export async function refreshVersion(room: Room, target: PlacedDeployment, signal: AbortSignal): Promise<void> {
  const record = await room.records.read(target.deploymentId, signal);
  if (record === null) return;
  const grant = await room.openGrant(target.deploymentId, { signal });
  const wish = { placed: record, ...variablesOf(room, record, grant), after: record.runtimeVersion };
  const made = await makeVersion(room, wish, signal);
  if (made.runtimeVersion === record.runtimeVersion) return;
  await tryVersion(room, record, made, signal);
  await pointEndpoint(room, record, made, signal);
  const formerVersions = await dropVersions(room, record, made, signal);
  await room.records.write({ ...record, ...made, formerVersions });
  // From then on no process of ours goes by what it read before.
  await pause(room.pace.recordMs, signal);
}

/** Through AgentCore's own endpoint, which follows the newest version; that it is not ours any more means that another was made since. */
async function tryVersion(room: Room, record: PlacedRecord, made: RuntimeVersion, signal: AbortSignal): Promise<void> {
  const sessionId = runtimeSessionIdOf(record.deploymentId, made.runtimeVersion, "start");
  try {
    await startProcess(room, { record: { ...record, ...made }, through: defaultEndpoint, sessionId }, signal);
  } finally {
    void stopSessions(room, record, [sessionId]);
  }
}

/**
 * Older values must not stay readable at AWS longer than calls need them: the version before the last may still serve calls that were under
 * way, those before it serve none. AWS says which there are, for a refresh that broke may have made one that nobody noted. Answers what is left.
 */
async function dropVersions(room: Room, record: PlacedRecord, made: RuntimeVersion, signal: AbortSignal): Promise<string[]> {
  const versions = await listVersions(room, record, signal);
  const left = [record.runtimeVersion];
  for (const { agentRuntimeVersion: runtimeVersion = "" } of versions) {
    if (runtimeVersion === made.runtimeVersion || runtimeVersion === record.runtimeVersion) continue;
    if (!(await deleteVersion(room, { ...record, runtimeVersion }))) left.push(runtimeVersion);
  }
  return left;
}
