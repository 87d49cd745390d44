// The stream that a caller comes back to: theirs, of an agent that they may still call (MISSION A2, E8).
import { principalName } from "~/server/auth/principal";
import type { WorkspaceScope } from "~/server/auth/scope";
import { notFound } from "~/server/errors";
import type { PlacedDeployment, ResumableStreams } from "~/server/providers/provider";
import { type CallAttempt, findCallee } from "./admit-call";
import type { Gateway } from "./gateway";
import type { CallTarget } from "./target-book";
import { readTicket } from "./ticket-of-stream";

export type StreamAttempt = Pick<CallAttempt, "principal" | "agentId" | "workspaceId" | "traceId" | "ipAddress"> & {
  ticket: string;
};

export type FoundStream = {
  scope: WorkspaceScope;
  target: CallTarget;
  place: PlacedDeployment;
  streamId: string;
  streams: ResumableStreams;
};

/** Somebody else's answers `NOT_FOUND`, exactly as a missing one and one whose time is over. */
export async function findStream(gateway: Gateway, attempt: StreamAttempt): Promise<FoundStream> {
  const { scope, target } = await findCallee(gateway, { ...attempt, deploymentId: null, body: Buffer.alloc(0) });
  const { config, clock, providers } = gateway.needs;
  const { agentId, workspaceId } = target;
  const holder = { agentId, workspaceId, principal: principalName(scope.principal) };
  const found = readTicket(config, attempt.ticket, { holder, now: clock.now() });
  if (!found) throw notFound("stream");
  const { deploymentId, streamId } = found;
  const isLive = target.deployment?.deploymentId === deploymentId;
  const deployment = isLive ? target.deployment : (await gateway.targets.ofDeployment(deploymentId))?.deployment;
  const streams = providers.list().find(({ runtime }) => runtime === deployment?.runtime)?.streams;
  if (!streams) throw notFound("stream");
  return { scope, target, place: { deploymentId, agentId, workspaceId }, streamId, streams };
}
