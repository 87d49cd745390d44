// One connection's end of an event stream, whatever carries it: an answer of its own, or a lane of a channel.
import type { ServerResponse } from "node:http";
import { eventStreamHeaders } from "~/runtime/contract/event-stream";
import type { InvokeUsage } from "~/runtime/contract/invoke";
import type { HostError } from "./host-error";
import { sendError } from "./send-json";

export interface EventSink {
  /** From here on a failure is an event and not an error answer. */
  readonly hasBegun: boolean;
  readonly isGone: boolean;
  /** It cannot take more just now. */
  readonly isBehind: boolean;
  /** Once; later ones do nothing. */
  begin(): void;
  /** That it has begun is said at once: the first event may take a while. */
  flush(): void;
  /** False asks for a pause until `onDrain`. */
  write(events: string | Buffer): boolean;
  end(events?: string): void;
  /** In place of beginning. */
  refuse(error: HostError, usage: InvokeUsage): void;
  destroy(): void;
  onDrain(listener: () => void): void;
  /** `hasAll`: it was ended, and everything went out. */
  onClose(listener: (hasAll: boolean) => void): void;
}

export function sinkTo(response: ServerResponse): EventSink {
  return {
    get hasBegun() {
      return response.headersSent;
    },
    get isGone() {
      return response.destroyed;
    },
    get isBehind() {
      return response.writableNeedDrain;
    },
    begin() {
      if (!response.headersSent && !response.destroyed) response.writeHead(200, eventStreamHeaders);
    },
    flush: () => response.flushHeaders(),
    write: (events) => response.write(events),
    end: (events) => void response.end(events),
    refuse: (error, usage) => sendError(response, error, usage),
    destroy: () => void response.destroy(),
    onDrain: (listener) => void response.on("drain", listener),
    onClose: (listener) => void response.on("close", () => listener(response.writableFinished)),
  };
}
