// Where the events of one call go: straight to the one who asked, or into a stream that outlives them.
import { keepAliveComment } from "~/runtime/contract/event-stream";
import type { StreamOutcome } from "~/runtime/contract/host-protocol";
import type { InvokeUsage } from "~/runtime/contract/invoke";
import type { RunningCall } from "./call-agent";
import type { EventSink } from "./event-sink";
import type { HostError } from "./host-error";

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
export function outletTo(sink: EventSink): EventOutlet {
  return {
    whyStopped: null,
    get hasBegun() {
      return sink.hasBegun;
    },
    bind(running) {
      sink.onDrain(() => running.resume());
      sink.onClose(() => running.abort());
      if (sink.isGone) running.abort();
    },
    begin(meta) {
      if (sink.isGone) return;
      sink.begin();
      sink.write(meta);
    },
    write: (event) => sink.write(event),
    keepAlive: () => void sink.write(keepAliveComment),
    end: (events) => sink.end(events.join("")),
    refuse: (error, usage) => sink.refuse(error, usage),
    breakOff: () => sink.destroy(),
  };
}
