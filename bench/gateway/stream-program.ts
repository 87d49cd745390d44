// What stands behind every gateway whose streams are measured: one small event every so often, each with the moment at which it was sent,
// and a word to the measurement about each stream that its reader left.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import process from "node:process";
import { ChannelBook } from "~/runtime/agent-host/channel-book";
import type { EventSink } from "~/runtime/agent-host/event-sink";
import { formatEvent } from "~/runtime/contract/event-stream";

/** `digest`: of every byte of a stream that was sent whole. `leftAtMs`: when a reader's going away was noticed. */
export type StreamWord = { isReady: true } | { digest: string } | { leftAtMs: number };

const [, , socketPath, deltasMax = "50", everyMs = "40"] = process.argv;
const usage = { tokens: 1, computeMs: 1, toolCalls: 0 };

/** Of one clock for all processes of a machine, unlike `performance.now()`. */
function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1_000_000;
}

function stream(sink: EventSink): void {
  const digest = createHash("sha256");
  const send = (text: string) => {
    digest.update(text);
    sink.write(text);
  };
  let sent = 0;
  sink.begin();
  send(formatEvent(1, { event: "meta", data: { traceId: "trc_0", sessionId: "ses_0", deploymentId: "dep_0" } }));
  const timer = setInterval(() => {
    sent += 1;
    send(formatEvent(sent + 1, { event: "delta", data: { text: `${nowMs()}` } }));
    if (sent < Number(deltasMax)) return;
    clearInterval(timer);
    send(formatEvent(sent + 2, { event: "usage", data: usage }));
    send(formatEvent(sent + 3, { event: "done", data: {} }));
    sink.end();
    process.send?.({ digest: digest.digest("hex") } satisfies StreamWord);
  }, Number(everyMs));
  sink.onClose(() => {
    clearInterval(timer);
    if (sent < Number(deltasMax)) process.send?.({ leftAtMs: nowMs() } satisfies StreamWord);
  });
}

/** The host's own: whoever asks for a lane gets one, and nginx an answer with a body. */
const channels = new ChannelBook();
const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  request.resume();
  request.on("end", () => stream(channels.sinkOf(request, response)));
});
server.on("upgrade", (request, socket, head) => channels.accept(request, socket, head));
server.listen(socketPath, () => process.send?.({ isReady: true } satisfies StreamWord));
