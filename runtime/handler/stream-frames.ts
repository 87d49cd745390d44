// Frames as bytes, pulled one at a time so that a slow reader slows the handler down instead of filling memory.
import type { AgentFrame, ReportedFrame } from "~/runtime/contract/agent-frames";

/** How long a handler may tidy up after its caller went away; then whatever it still waits for is cut, heeded signal or not. */
const tidyUpMs = 50;
/** Until the one before may have been read. */
const waitMs = 20;

/** `finished` settles when nothing of the call is left to run; a runtime keeps the call alive until then. */
export function streamFrames(frames: AsyncGenerator<AgentFrame, void, undefined>): {
  body: ReadableStream<Uint8Array>;
  finished: Promise<void>;
  /** Goes out between two frames; of several that nobody has read yet, the last. */
  report: (frame: ReportedFrame) => void;
} {
  const encoder = new TextEncoder();
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let isWaiting = false;
  let reported: ReportedFrame | null = null;
  let open: ReadableStreamDefaultController<Uint8Array> | null = null;
  const sendReported = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    // Written by hand: an agent that puts a JSON.stringify of its own in place ends its call early with it, and not this soon.
    const { tokens, toolCalls } = reported?.reported ?? { tokens: 0, toolCalls: 0 };
    if (reported) controller.enqueue(encoder.encode(`{"reported":{"tokens":${tokens},"toolCalls":${toolCalls}}}\n`));
    reported = null;
  };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (reported) return sendReported(controller);
        open = controller;
        const step = await frames.next();
        open = null;
        if (!step.done) return controller.enqueue(encoder.encode(`${JSON.stringify(step.value)}\n`));
        finish();
        controller.close();
      },
      cancel() {
        open = null;
        void frames.return();
        setTimeout(finish, tidyUpMs);
      },
    },
    { highWaterMark: 0 },
  );
  const flush = () => {
    isWaiting = false;
    if (!open || !reported) return;
    if ((open.desiredSize ?? -1) >= 0) return sendReported(open);
    isWaiting = true;
    setTimeout(flush, waitMs);
  };
  const report = (frame: ReportedFrame) => {
    reported = frame;
    if (!isWaiting) flush();
  };
  return { body, finished, report };
}
