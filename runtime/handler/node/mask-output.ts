// Everything the process prints, with secret values and credentials masked before it reaches the runtime's log.

import { type CleanerParts, openLineCleaner } from "~/runtime/agent-host/clean-lines";
import { createLineSplitter } from "~/runtime/agent-host/split-lines";

const lineBytesMax = 64 * 1024;

type Write = (chunk: string | Uint8Array) => boolean;

/** Code that writes to the descriptors past Node's streams is not masked; it has the values anyway. */
export function maskOutput(parts: Pick<CleanerParts, "mask" | "names">): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write: Write = stream.write.bind(stream);
    const cleaner = openLineCleaner({ ...parts, mapStack: (text) => text }, (line) => write(`${line}\n`));
    const lines = createLineSplitter(lineBytesMax, (line) => cleaner.push(line));
    stream.write = ((chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
      lines.push(typeof chunk === "string" ? Buffer.from(chunk) : Buffer.from(chunk));
      const settled = typeof encoding === "function" ? encoding : done;
      if (typeof settled === "function") queueMicrotask(() => settled());
      return true;
    }) as typeof stream.write;
    process.once("exit", () => {
      lines.end();
      cleaner.end();
    });
  }
}
