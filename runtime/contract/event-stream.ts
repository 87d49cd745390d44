// invoke/v1 as server-sent events: the one place that knows how an event looks on the wire (CONTRACTS "invoke/v1").
import type { InvokeEvent } from "./invoke";

export const eventStreamType = "text/event-stream; charset=utf-8";

/** Headers of every event stream; `x-accel-buffering` stops a proxy in front from collecting small chunks. */
export const eventStreamHeaders = {
  "content-type": eventStreamType,
  "cache-control": "no-store",
  "x-accel-buffering": "no",
} as const;

/** A comment that keeps idle connections open; clients ignore it. */
export const keepAliveComment = ": keep-alive\n\n";

/** One event. Ids count from 1 within a call. JSON has no line breaks, so `data` is always one line. */
export function formatEvent(id: number, event: InvokeEvent): string {
  return `id: ${id}\nevent: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`;
}

/** The same as `formatEvent` for the event that is sent a thousand times in a call. */
export function formatDelta(id: number, text: string): string {
  return `id: ${id}\nevent: delta\ndata: {"text":${JSON.stringify(text)}}\n\n`;
}

/** Of a text that is JSON already, without its quotes. */
export function formatEscapedDelta(id: number, escaped: string): string {
  return `id: ${id}\nevent: delta\ndata: {"text":"${escaped}"}\n\n`;
}
