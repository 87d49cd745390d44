// Where the events of one call go: straight to the one who asked, or into a stream that outlives them.
import type { ServerResponse } from "node:http";
import { eventStreamHeaders, keepAliveComment } from "~/runtime/contract/event-stream";
import type { StreamOutcome } from "~/runtime/contract/host-protocol";
import type { InvokeUsage } from "~/runtime/contract/invoke";
import type { RunningCall } from "./call-agent";
import type { HostError } from "./host-error";
import { sendError } from "./send-json";

export interface EventOutlet {
  /** The first event is out: from here on a failure is an event and not an error answer. */
  readonly hasBegun: boolean;
  /** Why the call was stopped, when whoever reads on is to be told; null: nobody is left. */
  readonly whyStopped: HostError | null;
  /** Before any event: the call that can be paused, resumed and stopped. */
  bind(running: RunningCall): void;
  begin(meta: string): void;
  /** False asks for a pause until the call is told to go on. */
  write(event: string): boolean;
  keepAlive(): void;
  end(events: string[], outcome: StreamOutcome): void;
  /** In place of a first event. */
  refuse(error: HostError, usage: InvokeUsage): void;
  /** The call was stopped and nobody hears of it. */
  breakOff(usage: InvokeUsage): void;
}

/** Losing the reader stops the call. */
export function outletTo(response: ServerResponse): EventOutlet {
  return {
    whyStopped: null,
    get hasBegun() {
      return response.headersSent;
    },
    bind(running) {
      response.on("drain", () => running.resume());
      response.on("close", () => running.abort());
      if (response.destroyed) running.abort();
    },
    begin(meta) {
      if (response.destroyed) return;
      response.writeHead(200, eventStreamHeaders);
      response.write(meta);
    },
    write: (event) => response.write(event),
    keepAlive: () => void response.write(keepAliveComment),
    end: (events) => void response.end(events.join("")),
    refuse: (error, usage) => sendError(response, error, usage),
    breakOff: () => void response.destroy(),
  };
}
