// Reads what one process writes: lines in their stream, cleaned, within a rate. What comes faster is dropped before any work is done on it.
import type { Readable } from "node:stream";
import type { AgentLog } from "./agent-log";
import type { LineCleaner, OnCleanLine } from "./clean-lines";
import { isAllocatorAccount, isHangNotice, isOutOfMemory, isStartNotice } from "./explain-exit";
import { createLineSplitter } from "./split-lines";

export type OutputReader = {
  /** Standard error so far, cleaned: what an end is explained from. */
  readonly errors: string;
  /** The process said that it could not get more memory. */
  readonly isOutOfMemory: boolean;
};

export type OutputParts = {
  stdout: Readable | null;
  stderr: Readable | null;
  log: AgentLog;
  /** Masks secrets and maps positions to the author's files; one for each stream. */
  clean(onLine: OnCleanLine): LineCleaner;
  /** The runtime gave up a call that nothing can finish any more. */
  onHang(): void;
};

const errorTailCharacters = 8_192;
const lineBytesMax = 16_384;

export function readOutput({ stdout, stderr, log, clean, onHang }: OutputParts): OutputReader {
  let errors = "";
  let ranOut = false;
  const out = clean((line, call) => log.write("stdout", line, call));
  const written = clean((line, call) => log.write("stderr", line, call));
  const err = clean((line, call) => {
    errors = `${errors}${line}\n`.slice(-errorTailCharacters);
    if (!line.includes("The compatibility flag")) log.write("stderr", line, call);
  });
  const outLines = createLineSplitter(lineBytesMax, (line) => {
    if (!log.admits(line)) return;
    // What is written to process.stdout and process.stderr comes this way, with the name in front.
    const [, stream, text] = /^(stdout|stderr): ([\s\S]*)$/.exec(line) ?? [];
    (stream === "stderr" ? written : out).push(text ?? line, log.caller());
  });
  const errLines = createLineSplitter(lineBytesMax, (line) => {
    if (isHangNotice(line)) return onHang();
    if (isAllocatorAccount(line) || isStartNotice(line)) return;
    const isLast = isOutOfMemory(line);
    ranOut ||= isLast;
    // An agent that shouts must not hide what it died of.
    if (log.admits(line) || isLast) err.push(line, log.caller());
  });
  follow(stdout, outLines, () => [outLines, out, written]);
  follow(stderr, errLines, () => [errLines, err]);
  return {
    get errors() {
      return errors;
    },
    get isOutOfMemory() {
      return ranOut;
    },
  };
}

function follow(stream: Readable | null, lines: { push(chunk: Buffer): void }, readers: () => { end(): void }[]): void {
  stream?.on("data", (chunk: Buffer) => lines.push(chunk));
  stream?.on("end", () => {
    for (const reader of readers()) reader.end();
  });
  stream?.on("error", () => undefined);
}
