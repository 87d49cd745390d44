// Everything the process prints, with secret values and credentials masked before it reaches the runtime's log.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { type CleanerParts, openLineCleaner } from "~/runtime/agent-host/clean-lines";
import { createLineSplitter } from "~/runtime/agent-host/split-lines";
import { stderrMark } from "~/runtime/contract/node-protocol";

const lineBytesMax = 64 * 1024;

type Write = (chunk: string | Uint8Array) => boolean;
type Print = (chunk: Uint8Array) => void;
type Done = (error: null, written: number, chunk: unknown) => void;

/** Code that goes past Node to the descriptors is not masked; it has the values anyway. */
export function maskOutput(parts: Pick<CleanerParts, "mask" | "names">): void {
  guardDescriptors([printThrough(parts, process.stdout, ""), printThrough(parts, process.stderr, stderrMark)]);
}

function printThrough(parts: Pick<CleanerParts, "mask" | "names">, stream: NodeJS.WriteStream, mark: string): Print {
  const write: Write = stream.write.bind(stream);
  const cleaner = openLineCleaner({ ...parts, mapStack: (text) => text }, (line) => write(`${mark}${line}\n`));
  const lines = createLineSplitter(lineBytesMax, (line) => cleaner.push(line));
  stream.write = ((chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
    lines.push(Buffer.from(chunk as Uint8Array));
    const settled = typeof encoding === "function" ? encoding : done;
    if (typeof settled === "function") queueMicrotask(() => settled());
    return true;
  }) as typeof stream.write;
  process.once("exit", () => {
    lines.end();
    cleaner.end();
  });
  return (chunk) => lines.push(Buffer.from(chunk));
}

/** Loggers write to the descriptors themselves to be quick: pino does. */
function guardDescriptors(prints: readonly [Print, Print]): void {
  const printOf = (descriptor: unknown): Print | undefined =>
    descriptor === 1 || descriptor === 2 ? prints[descriptor - 1] : undefined;
  const patched = fs as unknown as Record<"write" | "writeSync" | "writev" | "writevSync", (...args: unknown[]) => unknown>;
  const { write, writeSync, writev, writevSync } = patched;
  patched.writeSync = (...args) => {
    const print = printOf(args[0]);
    return print ? printChunk(print, args) : Reflect.apply(writeSync, fs, args);
  };
  patched.writevSync = (...args) => {
    const print = printOf(args[0]);
    return print ? printAll(print, args[1]) : Reflect.apply(writevSync, fs, args);
  };
  patched.write = (...args) => {
    const print = printOf(args[0]);
    return print ? settle(args, printChunk(print, args)) : Reflect.apply(write, fs, args);
  };
  patched.writev = (...args) => {
    const print = printOf(args[0]);
    return print ? settle(args, printAll(print, args[1])) : Reflect.apply(writev, fs, args);
  };
  syncBuiltinESMExports();
}

/** As `fs.write` is called: descriptor and text, or descriptor, bytes, and which of them. Answers how many bytes that were. */
function printChunk(print: Print, [, chunk, place, length]: readonly unknown[]): number {
  const bytes = typeof chunk === "string" ? Buffer.from(chunk) : bytesOf(chunk as NodeJS.ArrayBufferView);
  const isPart = typeof chunk !== "string" && typeof place === "number";
  const part = isPart ? bytes.subarray(place, typeof length === "number" ? place + length : undefined) : bytes;
  print(part);
  return part.length;
}

function printAll(print: Print, chunks: unknown): number {
  return (chunks as readonly NodeJS.ArrayBufferView[]).reduce((sum, chunk) => sum + printChunk(print, [null, chunk]), 0);
}

function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

function settle(args: readonly unknown[], written: number): void {
  const done = args.at(-1);
  if (typeof done === "function") queueMicrotask(() => (done as Done)(null, written, args[1]));
}
