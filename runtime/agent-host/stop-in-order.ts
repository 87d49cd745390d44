// The end of a host: calls finish or are told why not, what they used and printed is safe, and each step has its time (runtime/contract/host-stop.ts).
import type { Server } from "node:http";
import type { ChannelBook } from "./channel-book";
import type { ControlClient } from "./control-client";
import type { CutLogs } from "./cut-logs";
import type { TelemetryForwarder } from "./forward-telemetry";
import type { LogShipper } from "./log-shipper";
import { atMost, type OpenWork } from "./open-work";
import type { StreamBook } from "./stream-book";

/** What of it together is `hostBeyondDrainMs`, with some seconds to spare. */
const startingMs = 5_000;
const callsMs = 2_000;
const lastWordsMs = 3_000;
const lastDeliveriesMs = 3_000;

export type StopParts = {
  drainMs: number;
  server: Server;
  runners: { stop(): Promise<void>; flush(): Promise<void> };
  /** Until each is recorded. */
  calls: OpenWork;
  /** Until each has gone out. */
  answers: OpenWork;
  channels: ChannelBook;
  streams: StreamBook;
  forwarder: TelemetryForwarder;
  shipper: LogShipper;
  cutLogs: CutLogs;
  control: ControlClient;
};

/** The door stays open to whoever reads on in a stream; no call begins any more. */
export async function stopInOrder(parts: StopParts): Promise<void> {
  const { server, runners, calls, answers, channels, streams, forwarder, shipper, cutLogs, control } = parts;
  await atMost(parts.drainMs + startingMs, runners.stop());
  // A process that was ended takes its calls along, each by a connection of its own: they say so a little later.
  await atMost(callsMs, calls.over());
  await runners.flush();
  await atMost(lastWordsMs, Promise.all([answers.over(), channels.finish()]));
  server.close();
  server.closeAllConnections();
  channels.close();
  streams.close();
  // What is not delivered by then waits on disk for the next start.
  await atMost(lastDeliveriesMs, Promise.all([forwarder.stop(), shipper.stop(), cutLogs.stop()]));
  await control.close();
}
