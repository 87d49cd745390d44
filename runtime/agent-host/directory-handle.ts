// A folder held open, so that a process that may not walk the path to it can still use it, and no path is too long for a socket.
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";

export type DirectoryHandle = {
  readonly descriptor: number;
  /** How this process names a file in it. */
  at(name: string): string;
  close(): void;
};

const hasProc = process.platform === "linux";

export function openDirectory(path: string): DirectoryHandle {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  const own = inheritedPath(descriptor, path);
  return { descriptor, at: (name) => join(own, name), close: () => closeSync(descriptor) };
}

/** How a child names what it has inherited as `descriptor`; without /proc the path itself must do. */
export function inheritedPath(descriptor: number, path: string): string {
  return hasProc ? `/proc/self/fd/${descriptor}` : path;
}
