// The runtime on this machine: workerd processes kept by the agent host, spoken to over its unix socket (MISSION D1).
import { estimateCost } from "~/runtime/contract/estimate-cost";
import {
  type HostHealth,
  type HostLogLine,
  HostPlacements,
  HostProcesses,
  StreamOutcome,
} from "~/runtime/contract/host-protocol";
import type { InvokeResponse } from "~/runtime/contract/invoke";
import { AppError } from "~/server/errors";
import { buildWorkerModule } from "~/server/providers/build-worker-module";
import { HeldAnswers } from "~/server/providers/held-answers";
import { pickLines } from "~/server/providers/pick-lines";
import type { PlacedDeployment, Provider, ResumableStreams, SecretHolder } from "~/server/providers/provider";
import { createHostClient, type HostClient } from "./host-client";
import { resumeFromHost, streamFromHost } from "./stream-from-host";

const healthTimeoutMs = 2_000;
const logsTimeoutMs = 5_000;
const stopTimeoutMs = 5_000;
const destroyTimeoutMs = 40_000;
/** What the host keeps of one version. */
const keptLinesMax = 1_000;

export type EmbeddedNeeds = { socketPath: string; token: string; answers?: HeldAnswers };

export function createEmbeddedProvider({ answers = new HeldAnswers(), ...host }: EmbeddedNeeds): Provider {
  const client = createHostClient(host);
  return {
    runtime: "embedded",
    pushesLogs: true,
    build: (source, options) => buildWorkerModule(source, options),
    deploy: (placement, options) =>
      failing("DEPLOYMENT_FAILED", client.send({ method: "PUT", path: pathOf(placement), body: placement, ...options })),
    activate: (target, options) =>
      failing("DEPLOYMENT_FAILED", client.send({ method: "POST", path: `${pathOf(target)}/start`, body: {}, ...options })),
    async invoke(target, call, { signal }) {
      answers.assertRoom(target.workspaceId);
      const heldAs = (giveUp: (why: AppError) => void) => answers.open(target.workspaceId, giveUp);
      return client.send<InvokeResponse>({ method: "POST", path: `${pathOf(target)}/invoke`, body: call, signal, heldAs });
    },
    stream: (target, call, { signal, wish }) => streamFromHost(client, { path: `${pathOf(target)}/invoke`, call, wish, signal }),
    streams: streamsOf(client),
    health: () => readHealth(client),
    async logs(target, asked) {
      const path = `${pathOf(target)}/logs?limit=${asked.after ? keptLinesMax : asked.limit}`;
      const answer = await client.send<{ lines: HostLogLine[] }>({
        method: "GET",
        path,
        signal: AbortSignal.timeout(logsTimeoutMs),
      });
      return pickLines(answer.lines, asked);
    },
    async stop(target) {
      const signal = AbortSignal.timeout(stopTimeoutMs);
      await client.send({ method: "POST", path: `${pathOf(target)}/stop`, body: {}, signal });
    },
    holders: (deploymentIds, options) => listHolders(client, deploymentIds, options.signal),
    refreshSecrets: (target, options) =>
      client.send({ method: "POST", path: `${pathOf(target)}/refresh`, body: {}, signal: options.signal }),
    async destroy(target) {
      await client.send({ method: "DELETE", path: pathOf(target), signal: AbortSignal.timeout(destroyTimeoutMs) });
    },
    async placements({ signal }) {
      return HostPlacements.parse(await client.send({ method: "GET", path: "/placements", signal })).placements;
    },
    estimateCost,
  };
}

function pathOf({ deploymentId }: Pick<PlacedDeployment, "deploymentId">): string {
  return `/deployments/${encodeURIComponent(deploymentId)}`;
}

function streamsOf(client: HostClient): ResumableStreams {
  const placeOf = (target: PlacedDeployment, streamId: string) => `${pathOf(target)}/streams/${encodeURIComponent(streamId)}`;
  return {
    resume: (target, { streamId, afterEventId, isAside = false }, { signal }) =>
      resumeFromHost(client, { path: placeOf(target, streamId), afterEventId, isAside, signal }),
    async outcome(target, streamId, { signal }) {
      return StreamOutcome.parse(await client.send({ method: "GET", path: `${placeOf(target, streamId)}/outcome`, signal }));
    },
    async setAside(target, streamId) {
      const path = `${placeOf(target, streamId)}/aside`;
      await client.send({ method: "POST", path, signal: AbortSignal.timeout(stopTimeoutMs) });
    },
    async stop(target, streamId) {
      await client.send({ method: "DELETE", path: placeOf(target, streamId), signal: AbortSignal.timeout(stopTimeoutMs) });
    },
  };
}

/** What goes wrong while deploying is said as that, with the host's own words. */
async function failing(code: "DEPLOYMENT_FAILED", work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === "CONFLICT") throw thrown;
    throw new AppError(code, thrown.message, { details: thrown.details, retryable: thrown.retryable, cause: thrown });
  }
}

/** The host answers for all that runs on it; the caller hears of those that it asked for. */
async function listHolders(client: HostClient, deploymentIds: readonly string[], signal: AbortSignal): Promise<SecretHolder[]> {
  if (deploymentIds.length === 0) return [];
  const asked = new Set(deploymentIds);
  const { processes } = HostProcesses.parse(await client.send({ method: "GET", path: "/processes", signal }));
  return processes.filter(({ deploymentId }) => asked.has(deploymentId));
}

async function readHealth(client: HostClient): Promise<{ status: "up" | "down"; detail: string; warnings: string[] }> {
  try {
    const health = await client.send<HostHealth>({
      method: "GET",
      path: "/healthz",
      signal: AbortSignal.timeout(healthTimeoutMs),
    });
    return { status: "up", detail: `${health.deployments} placed, ${health.processes} running`, warnings: health.warnings };
  } catch {
    return { status: "down", detail: "The agent host does not answer.", warnings: [] };
  }
}
