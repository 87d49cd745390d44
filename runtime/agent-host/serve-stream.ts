// Requests about a stream that outlives its connection: read on, ask how it ended, stop it.
import type { IncomingMessage, ServerResponse } from "node:http";
import { asideHeader } from "~/runtime/contract/host-protocol";
import { sinkTo } from "./event-sink";
import { HostError } from "./host-error";
import { sendJson, sendNothing } from "./send-json";
import type { StreamBook } from "./stream-book";
import { readLastEventId } from "./stream-wish";

export type StreamRequest = { streams: StreamBook; deploymentId: string; streamId: string };

export function serveStream(
  { streams, deploymentId, streamId }: StreamRequest,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { headers } = request;
  const isAside = headers[asideHeader] !== undefined;
  const stream = streams.find(deploymentId, streamId);
  if (!stream.attach(sinkTo(response), readLastEventId(headers), { isAside })) sendNothing(response);
}

/** Answers when the call is over; whoever asked may have left by then. */
export async function serveOutcome({ streams, deploymentId, streamId }: StreamRequest, response: ServerResponse): Promise<void> {
  const ending = streams.outcomeOf(deploymentId, streamId);
  if (!ending) throw new HostError("NOT_FOUND", "There is no such stream on this host.", { details: { reason: "stream_lost" } });
  const outcome = await ending;
  if (!response.destroyed) sendJson(response, 200, outcome);
}

export function setAside({ streams, deploymentId, streamId }: StreamRequest, response: ServerResponse): void {
  streams.findAny(deploymentId, streamId)?.setAside();
  sendNothing(response);
}

export function stopStream({ streams, deploymentId, streamId }: StreamRequest, response: ServerResponse): void {
  streams.findAny(deploymentId, streamId)?.stop();
  sendNothing(response);
}
