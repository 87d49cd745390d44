// The door of callers who come back to a stream: `GET` reads on, `DELETE` stops it (MISSION E8).
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { eventStreamHeaders } from "~/runtime/contract/event-stream";
import { AppError } from "~/server/errors";
import { Slots } from "~/server/rate-limit/slots";
import { type FoundStream, findStream, type StreamAttempt } from "./find-stream";
import type { Gateway } from "./gateway";
import { openResumed, relayResumed } from "./resume-stream";

type Params = { Params: { agentId: string; streamId: string } };
type StreamRequest = FastifyRequest<Params>;

/** Two for each call that may run, so that who comes back does not wait for the connection that they lost. */
const readersPerCall = 2;
const readersMin = 8;
const readers = new Slots((max) => `This workspace already comes back to ${max} streams at once. Close some of them.`);

const eventId = /^\d{1,15}$/;

/** `scope` has proven who calls. */
export function mountStreams(scope: FastifyInstance, gateway: Gateway): void {
  const address = "/v1/invoke/:agentId/streams/:streamId";
  scope.get<Params>(address, { exposeHeadRoute: false }, (request, reply) => answerResumed(gateway, request, reply));
  scope.delete<Params>(address, async (request, reply) => {
    const { streams, place, streamId } = await findStream(gateway, attemptOf(request));
    await streams.stop(place, streamId);
    return reply.code(204).send();
  });
}

async function answerResumed(gateway: Gateway, request: StreamRequest, reply: FastifyReply): Promise<FastifyReply> {
  const found = await findStream(gateway, attemptOf(request));
  const { workspaceId, plan } = found.target;
  const leave = readers.take(workspaceId, Math.max(readersMin, readersPerCall * plan.concurrencyMax));
  try {
    return await answerFound(gateway, found, request, reply);
  } finally {
    leave();
  }
}

async function answerFound(
  gateway: Gateway,
  found: FoundStream,
  request: StreamRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const resuming = { found, afterEventId: lastEventIdOf(request), traceId: request.id };
  const left = new AbortController();
  reply.raw.once("close", () => left.abort(new Error("The caller went away.")));
  const upstream = await openResumed(gateway, resuming, left.signal);
  if (upstream === null) return reply.code(204).send();
  reply.hijack();
  if (typeof upstream === "string") reply.raw.writeHead(200, eventStreamHeaders).end(upstream);
  else await relayResumed(gateway, resuming, { upstream, response: reply.raw });
  return reply;
}

function attemptOf({ callPrincipal, params, headers, id, ip }: StreamRequest): StreamAttempt {
  const wished = headers["x-workspace-id"];
  return {
    principal: callPrincipal,
    agentId: params.agentId,
    ticket: params.streamId,
    workspaceId: typeof wished === "string" && wished !== "" ? wished : null,
    traceId: id,
    ipAddress: ip ?? null,
  };
}

/** 0: from the beginning. */
function lastEventIdOf({ headers }: StreamRequest): number {
  const said = headers["last-event-id"] ?? "0";
  if (typeof said === "string" && eventId.test(said)) return Number(said);
  throw new AppError(
    "INVALID_REQUEST",
    "Last-Event-ID is not the id of an event of this stream. Leave it out to read from the beginning.",
    {
      details: { reason: "last_event_id_invalid" },
    },
  );
}
