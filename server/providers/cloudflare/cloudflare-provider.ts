// Agents as Cloudflare Workers with Durable Objects: one script per deployment, called at its address with signed requests (MISSION D2).
import { z } from "zod";
import { estimateCost } from "~/runtime/contract/estimate-cost";
import type { HostInvocation, HostLogLine } from "~/runtime/contract/host-protocol";
import { scriptPaths } from "~/runtime/contract/placed-script";
import { AppError } from "~/server/errors";
import { buildWorkerModule } from "~/server/providers/build-worker-module";
import { pickLines } from "~/server/providers/pick-lines";
import type { PlacedDeployment, Provider, ReadLogs } from "~/server/providers/provider";
import { collectAnswer, streamAnswer } from "./answer-call";
import { checkHealth } from "./check-health";
import type { Asked } from "./cloudflare-api";
import type { CloudflareNeeds } from "./cloudflare-needs";
import { openRoom, type Room, scriptOf } from "./cloudflare-room";
import { findRoute } from "./find-route";
import { handOver } from "./hand-over";
import { listHolders } from "./list-holders";
import { placeScript } from "./place-script";
import { readPlaced } from "./read-placed";
import { listPlacements, removeScript } from "./remove-script";
import { type RunningCall, startCall } from "./running-call";
import { createStoppers } from "./stoppers";
import { waitUntilReady } from "./wait-until-ready";

const destroyMs = 60_000;
const logsMs = 10_000;
const linesMax = 1_000;
const LogLines = z.object({
  lines: z
    .array(
      z.object({
        at: z.iso.datetime(),
        stream: z.enum(["stdout", "stderr", "host"]),
        line: z.string(),
        id: z.string().max(64).optional(),
      }),
    )
    .max(linesMax),
});

export function createCloudflareProvider(needs: CloudflareNeeds): Provider {
  const room = openRoom(needs);
  const stoppers = createStoppers();

  /** Of this process; another one's are cut by its own gateway. */
  async function start(target: PlacedDeployment, call: HostInvocation, signal: AbortSignal): Promise<RunningCall> {
    const stopper = stoppers.enter(target.deploymentId);
    const tooMuch = new AbortController();
    const held = needs.answers.open(target.workspaceId, (why) => tooMuch.abort(why));
    const onEnd = () => {
      stopper.leave();
      held.release();
    };
    const life = AbortSignal.any([signal, stopper.signal, tooMuch.signal]);
    try {
      const route = await findRoute(room, target, life);
      return await startCall({ client: room.client, route, call, held, signal: life, onEnd });
    } catch (thrown) {
      onEnd();
      throw thrown;
    }
  }

  return {
    runtime: "cloudflare",
    build: (source, options) => buildWorkerModule(source, { ...options, target: "cloudflare" }),
    deploy: (placement, { signal }) => placeScript(room, placement, signal),
    activate: (target, { signal }) => waitUntilReady(room, target, { signal }),
    async invoke(target, call, { signal }) {
      needs.answers.assertRoom(target.workspaceId);
      return collectAnswer(await start(target, call, signal));
    },
    stream: async (target, call, { signal }) => streamAnswer(await start(target, call, signal), target.deploymentId),
    health: () => checkHealth(room),
    logs: (target, asked) => readLogs(room, target, asked),
    async stop({ deploymentId }) {
      stoppers.stop(deploymentId, stopped());
    },
    holders: (deploymentIds, { signal }) => listHolders(room, deploymentIds, signal),
    refreshSecrets: (target, { signal }) => refreshScript(room, target, { signal, code: "RUNTIME_ERROR" }),
    destroy: (target) => removeScript(room, target, { signal: AbortSignal.timeout(destroyMs), code: "RUNTIME_ERROR" }),
    placements: ({ signal }) => listPlacements(room, { signal, code: "RUNTIME_ERROR" }),
    estimateCost: (input) => estimateCost(input, "cloudflare"),
  };
}

function refreshScript(room: Room, target: PlacedDeployment, asked: Asked): Promise<void> {
  return room.inTurn(target, async () => {
    const found = await room.api.findSettings(scriptOf(room, target), asked);
    if (found !== null) await handOver(room, readPlaced(found), asked);
  });
}

async function readLogs(room: Room, target: PlacedDeployment, asked: ReadLogs): Promise<HostLogLine[]> {
  const signal = AbortSignal.timeout(logsMs);
  const route = await findRoute(room, target, signal);
  const path = `${scriptPaths.logs}?limit=${asked.after ? linesMax : asked.limit}`;
  const answer = LogLines.safeParse(await room.client.read(route, { method: "GET", path, signal }));
  if (answer.success) return pickLines(answer.data.lines, asked);
  throw new AppError("RUNTIME_ERROR", "The agent's log cannot be read just now. Try again in a moment.", { retryable: true });
}

function stopped(): AppError {
  return new AppError("RUNTIME_ERROR", "The agent was stopped by the platform.", {
    retryable: true,
    details: { reason: "stopped" },
  });
}
