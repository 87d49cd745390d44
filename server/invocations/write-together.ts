// What is said to Redis in one turn of the event loop leaves in one write: of a busy gateway's commands most of the cost is the system call.
import type { Redis } from "ioredis";

const held = new WeakSet<Redis["stream"]>();

/** Call it before the command. What it holds back goes out when the other events of this turn are through. */
export function writeTogether({ stream }: Redis): void {
  if (held.has(stream)) return;
  held.add(stream);
  stream.cork();
  setImmediate(() => {
    held.delete(stream);
    stream.uncork();
  });
}
