// Goes on with a stream for a caller who came back: every event after the last one they have, on whichever gateway (MISSION E8).
import type { ServerResponse } from "node:http";
import { addAbortSignal, type Readable } from "node:stream";
import { eventStreamHeaders, formatEvent } from "~/runtime/contract/event-stream";
import { principalName } from "~/server/auth/principal";
import { AppError, toAppError, toEnvelope } from "~/server/errors";
import { subjectOf } from "~/server/incidents/access-subject";
import { openAccessOf } from "~/server/incidents/open-access";
import { countRate } from "~/server/rate-limit/limit-rate";
import type { FoundStream } from "./find-stream";
import type { Gateway } from "./gateway";
import { relayStream } from "./relay-stream";

/** Nobody comes back so often; whoever asks in a circle for ten megabytes is stopped. */
const resumesRule = { name: "stream_resume", points: 600, windowSeconds: 60 };
/** A reader who may not go on and does not read why within this loses the connection. */
const hangUpMs = 1_000;

export type Resuming = { found: FoundStream; afterEventId: number; traceId: string };

/** Null: there is nothing after that event. Rejects before anything was sent; `NOT_FOUND` of the runtime is a stream that says so. */
export async function openResumed(
  gateway: Gateway,
  { found, afterEventId, traceId }: Resuming,
  signal: AbortSignal,
): Promise<Readable | string | null> {
  const { place, streamId, streams, scope } = found;
  await countRate(gateway.needs, [{ rule: resumesRule, subject: principalName(scope.principal) }]);
  try {
    return await streams.resume(place, { streamId, afterEventId }, { signal });
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "NOT_FOUND") throw thrown;
    return formatEvent(afterEventId + 1, { event: "error", data: toEnvelope(lost(thrown), traceId) });
  }
}

/** Resolves when the reader has all of it, or has left. Never rejects. */
export async function relayResumed(
  gateway: Gateway,
  resuming: Resuming,
  ends: { upstream: Readable; response: ServerResponse },
): Promise<void> {
  const { upstream, response } = ends;
  const { scope, target, streams, place, streamId } = resuming.found;
  const stop = new AbortController();
  let hangUp: NodeJS.Timeout | undefined;
  addAbortSignal(stop.signal, upstream);
  const leave = () => void upstream.destroy();
  // They come back through another gateway.
  const handOver = () => void response.destroy();
  // Whoever may not read on may not have it made for them either, also when the gateway that began it is gone.
  const release = openAccessOf(gateway.needs).register(subjectOf("stream", scope.principal, target.workspaceId), (why) => {
    stop.abort(why);
    streams
      .stop(place, streamId)
      .catch((error: unknown) => gateway.needs.log.warn({ err: error }, "a stream could not be stopped"));
    hangUp = setTimeout(() => response.destroy(), hangUpMs);
  });
  response.once("close", leave);
  gateway.leaving.addEventListener("abort", handOver, { once: true });
  response.writeHead(200, eventStreamHeaders);
  // The next event may take a while; that there is a stream is said at once.
  response.flushHeaders();
  await relayStream(upstream, response, {
    traceId: resuming.traceId,
    bytesMax: target.plan.answerBytesMax,
    explain: (thrown) => toAppError(stop.signal.aborted ? stop.signal.reason : thrown),
    onFirstByte: () => undefined,
    resumedAfter: resuming.afterEventId,
  });
  release();
  clearTimeout(hangUp);
  gateway.leaving.removeEventListener("abort", handOver);
}

function lost(cause: unknown): AppError {
  return new AppError(
    "RUNTIME_ERROR",
    "The rest of this answer is not kept any more: its time is over, it was forgotten, or its runtime started anew. Call the agent again.",
    { cause, retryable: true, details: { reason: "stream_lost" } },
  );
}
