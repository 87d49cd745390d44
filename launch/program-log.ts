// The log files of the programs: appended to by them, read and kept short by the launcher.
import { closeSync, copyFileSync, openSync, readSync, statSync, truncateSync } from "node:fs";

const bytesMax = 20_000_000;
const tailBytesMax = 8_192;

export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** What was written since `start`, at most the last few kilobytes of it. */
export function readSince(file: string, start: number): string {
  const end = sizeOf(file);
  const from = Math.max(start, end - tailBytesMax);
  const buffer = Buffer.alloc(Math.max(0, end - from));
  const handle = openSync(file, "r");
  try {
    readSync(handle, buffer, 0, buffer.length, from);
  } finally {
    closeSync(handle);
  }
  return buffer.toString("utf8");
}

/** Above 20 MB the log becomes `<file>.1`. The programs append, so they go on at the new end without being told. */
export function rotateLog(file: string): void {
  if (sizeOf(file) <= bytesMax) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file, 0);
}
