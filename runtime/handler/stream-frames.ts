// Frames as bytes, pulled one at a time so that a slow reader slows the handler down instead of filling memory.
import type { AgentFrame } from "~/runtime/contract/agent-frames";

/** How long a handler may tidy up after its caller went away; then whatever it still waits for is cut, heeded signal or not. */
const tidyUpMs = 50;

/** `finished` settles when nothing of the call is left to run; a runtime keeps the call alive until then. */
export function streamFrames(frames: AsyncGenerator<AgentFrame, void, undefined>): {
  body: ReadableStream<Uint8Array>;
  finished: Promise<void>;
} {
  const encoder = new TextEncoder();
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const step = await frames.next();
        if (!step.done) return controller.enqueue(encoder.encode(`${JSON.stringify(step.value)}\n`));
        finish();
        controller.close();
      },
      cancel() {
        void frames.return();
        setTimeout(finish, tidyUpMs);
      },
    },
    { highWaterMark: 0 },
  );
  return { body, finished };
}
