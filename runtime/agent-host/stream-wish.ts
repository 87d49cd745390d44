// What a request says of the stream that it begins or comes back for.
import type { IncomingHttpHeaders } from "node:http";
import { streamHeaders } from "~/runtime/contract/host-protocol";
import { HostError } from "./host-error";

export type StreamWish = { streamId: string; resumeUrl: string; bytesMax: number };

const lastEventId = /^\d{1,15}$/;

/** Null: a stream that ends with its connection. Throws when only some of the headers are there. */
export function readStreamWish(headers: IncomingHttpHeaders): StreamWish | null {
  const streamId = headers[streamHeaders.streamId];
  const resumeUrl = headers[streamHeaders.resumeUrl];
  const bytesMax = Number(headers[streamHeaders.bytesMax]);
  if (streamId === undefined && resumeUrl === undefined) return null;
  const isSound = typeof streamId === "string" && typeof resumeUrl === "string" && Number.isSafeInteger(bytesMax) && bytesMax > 0;
  if (!isSound) throw new HostError("INVALID_REQUEST", "The headers of a resumable stream are not complete.");
  return { streamId, resumeUrl, bytesMax };
}

/** 0 when there is none: from the beginning. */
export function readLastEventId(headers: IncomingHttpHeaders): number {
  const said = headers["last-event-id"] ?? "0";
  if (typeof said === "string" && lastEventId.test(said)) return Number(said);
  throw new HostError("INVALID_REQUEST", "Last-Event-ID is not the id of an event.", {
    details: { reason: "last_event_id_invalid" },
  });
}
