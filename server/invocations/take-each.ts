// Hands each chunk of a stream on in the very turn in which it came: an iterator would let all other streams go first, once for each chunk.
import { finished, type Readable } from "node:stream";

/**
 * `take` answers what to wait for before the next chunk, or null. Resolves when the stream has ended. Rejects, and destroys the
 * stream, with what `take` threw or what the stream broke with.
 */
export function takeEach(stream: Readable, take: (chunk: Buffer) => Promise<void> | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      reject(error);
      stream.destroy();
    };
    finished(stream, { writable: false }, (error) => (error ? fail(error) : resolve()));
    stream.on("data", (chunk: Buffer) => {
      try {
        const waiting = take(chunk);
        if (waiting === null) return;
        stream.pause();
        waiting.then(() => stream.resume(), fail);
      } catch (thrown) {
        fail(thrown);
      }
    });
  });
}
