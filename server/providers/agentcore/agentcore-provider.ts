// The runtime at AWS: Bedrock AgentCore, one runtime per agent and one endpoint per deployment, each session a machine of its own (MISSION D3).
import { estimateCost } from "~/runtime/contract/estimate-cost";
import type { HostInvocation, HostLogLine } from "~/runtime/contract/host-protocol";
import type { AgentCoreConfig } from "~/server/config-agentcore";
import { AppError, type ErrorCode } from "~/server/errors";
import type { Log } from "~/server/log";
import { isLoopbackUrl } from "~/server/loopback-url";
import { buildWorkerModule } from "~/server/providers/build-worker-module";
import type { HeldAnswers } from "~/server/providers/held-answers";
import type { OpenGrant, PlacedDeployment, Provider, ProviderHealth, ReadLogs, SecretHolder } from "~/server/providers/provider";
import { collectAnswer, openStream } from "./answer-stream";
import { createAws } from "./aws";
import { awsTrouble, logTrouble } from "./aws-trouble";
import { pointEndpoint } from "./endpoints";
import { listPlaced } from "./list-placed";
import { createLiveCalls } from "./live-calls";
import { endpointNameOf, runtimeSessionIdOf } from "./names";
import { placeVersion } from "./place-version";
import { createPlacedRecords, type PlacedRecord } from "./placed-records";
import { readLogs } from "./read-logs";
import { refreshVersion } from "./refresh-version";
import { removeVersion } from "./remove-version";
import type { Pace, Room } from "./room";
import { type RunningCall, runCall, startProcess, stopSessions } from "./run-call";
import { createTurns } from "./take-turns";

export type AgentCoreNeeds = {
  config: AgentCoreConfig;
  environment: string;
  publicUrl: URL;
  openGrant: OpenGrant;
  answers: HeldAnswers;
  log: Log;
  /** For tests, whose stand-in is quicker than AWS. */
  pace?: Partial<Pace>;
};

const usualPace: Pace = {
  pollMs: 500,
  readyMs: 120_000,
  recordMs: 2_000,
  answerMs: 15_000,
  startMs: 60_000,
  graceMs: 1_000,
};
type Promised = { code: ErrorCode; signal: AbortSignal };

const healthTimeoutMs = 4_000;
const destroyTimeoutMs = 180_000;
const logsTimeoutMs = 15_000;
const holdersAtOnce = 10;

export function createAgentCoreProvider(needs: AgentCoreNeeds): Provider {
  const room = openRoom(needs);
  const live = createLiveCalls();
  const inTurn = createTurns();
  const run = async (target: PlacedDeployment, call: HostInvocation, signal: AbortSignal): Promise<RunningCall> =>
    runCall({ room, live, record: await findPlaced(room, target, signal), call, signal });
  return {
    runtime: "agentcore",
    placingMs: 2 * room.pace.readyMs + 60_000,
    build: (source, options) => buildWorkerModule(source, { ...options, target: "node" }),
    deploy: (placement, { signal }) =>
      plainly(room, { code: "DEPLOYMENT_FAILED", signal }, () => placeVersion(room, placement, signal)),
    activate: (target, { signal }) =>
      plainly(room, { code: "DEPLOYMENT_FAILED", signal }, () => activateVersion(room, target, signal)),
    async invoke(target, call, { signal }) {
      needs.answers.assertRoom(target.workspaceId);
      return collectAnswer(await run(target, call, signal), call);
    },
    stream: async (target, call, { signal }) =>
      openStream(await run(target, call, signal), { call, deploymentId: target.deploymentId }),
    health: () => readHealth(room, needs),
    logs: (target, asked) => readPrinted(room, target, asked),
    async stop(target) {
      const sessions = live.end(target.deploymentId);
      const record = await room.records.find(target.deploymentId, new AbortController().signal).catch(() => null); // calls are cut either way
      if (record !== null) await stopSessions(room, record, sessions);
    },
    holders: (deploymentIds, { signal }) =>
      plainly(room, { code: "RUNTIME_ERROR", signal }, () => listHolders(room, deploymentIds, signal)),
    refreshSecrets: (target, { signal }) =>
      inTurn(target.deploymentId, () =>
        plainly(room, { code: "RUNTIME_ERROR", signal }, () => refreshVersion(room, target, signal)),
      ),
    destroy(target) {
      live.end(target.deploymentId);
      const signal = AbortSignal.timeout(destroyTimeoutMs);
      return plainly(room, { code: "RUNTIME_ERROR", signal }, () => removeVersion(room, target, signal));
    },
    placements: ({ signal }) => plainly(room, { code: "RUNTIME_ERROR", signal }, () => listPlaced(room, signal)),
    estimateCost: (input) => estimateCost(input, "agentcore"),
  };
}

function openRoom(needs: AgentCoreNeeds): Room {
  const { config, environment, publicUrl, openGrant, answers, log } = needs;
  const pace = { ...usualPace, ...needs.pace };
  const ground = { aws: createAws(config, pace.answerMs), config, environment, pace };
  const telemetryUrl = new URL("/v1/telemetry/report", publicUrl).href;
  return { ...ground, telemetryUrl, openGrant, answers, log, records: createPlacedRecords(ground) };
}

/** AWS's refusals as ours, and for the operator's log what is needed to look them up. */
async function plainly<T>(room: Room, what: Promised, act: () => Promise<T>): Promise<T> {
  try {
    what.signal.throwIfAborted();
    return await act();
  } catch (thrown) {
    const trouble = awsTrouble(what.code, thrown, what.signal);
    logTrouble(room.log, trouble);
    throw trouble;
  }
}

async function findPlaced(room: Room, { deploymentId }: PlacedDeployment, signal: AbortSignal): Promise<PlacedRecord> {
  const record = await plainly(room, { code: "RUNTIME_ERROR", signal }, () => room.records.find(deploymentId, signal));
  if (record !== null) return record;
  throw new AppError("NOT_FOUND", "This version is not placed on AgentCore. Deploy it again.");
}

/** Its first process starts and loads the bundle; what the bundle throws meanwhile is said in its own words. */
async function activateVersion(room: Room, target: PlacedDeployment, signal: AbortSignal): Promise<void> {
  const record = await findPlaced(room, target, signal);
  await pointEndpoint(room, record, record, signal);
  const sessionId = runtimeSessionIdOf(record.deploymentId, record.runtimeVersion, "start");
  try {
    await startProcess(room, { record, through: endpointNameOf(record), sessionId }, signal);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const { message, details, retryable } = thrown;
    throw new AppError("DEPLOYMENT_FAILED", `The agent could not be started: ${message}`, { details, retryable, cause: thrown });
  } finally {
    void stopSessions(room, record, [sessionId]);
  }
}

/** AgentCore keeps the values from the placement to the end; which versions they are the house has noted as it handed them out. */
async function listHolders(room: Room, deploymentIds: readonly string[], signal: AbortSignal): Promise<SecretHolder[]> {
  const found: SecretHolder[] = [];
  for (let from = 0; from < deploymentIds.length; from += holdersAtOnce) {
    const some = deploymentIds.slice(from, from + holdersAtOnce);
    const records = await Promise.all(some.map((deploymentId) => room.records.read(deploymentId, signal)));
    for (const record of records) if (record !== null) found.push({ deploymentId: record.deploymentId, secretVersions: null });
  }
  return found;
}

async function readPrinted(room: Room, target: PlacedDeployment, asked: ReadLogs): Promise<HostLogLine[]> {
  const signal = AbortSignal.timeout(logsTimeoutMs);
  const record = await findPlaced(room, target, signal);
  return plainly(room, { code: "RUNTIME_ERROR", signal }, () => readLogs(room, record, asked, signal));
}

/** Reads only: one page of runtimes, and whether the bucket is there. */
async function readHealth(room: Room, { config: { region, bucket }, publicUrl }: AgentCoreNeeds): Promise<ProviderHealth> {
  const abortSignal = AbortSignal.timeout(healthTimeoutMs);
  try {
    const { control, s3 } = await room.aws();
    await Promise.all([
      control.client.send(new control.sdk.ListAgentRuntimesCommand({ maxResults: 1 }), { abortSignal }),
      s3.client.send(new s3.sdk.HeadBucketCommand({ Bucket: bucket }), { abortSignal }),
    ]);
    const warnings = isLoopbackUrl(publicUrl)
      ? ["PUBLIC_URL is an address of this machine: what calls use cannot be reported from AWS."]
      : [];
    return { status: "up", detail: `AgentCore in ${region}, bucket ${bucket}`, warnings };
  } catch (thrown) {
    const trouble = awsTrouble("RUNTIME_ERROR", thrown);
    const detail = trouble instanceof AppError ? trouble.message : "AWS does not answer as it should.";
    return { status: "down", detail, warnings: [] };
  }
}
