// The data directory: ours, writable, closed to others.
import { accessSync, chmodSync, constants, mkdirSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { LaunchProblem } from "./problem";

const unusable = new Set(["EACCES", "EPERM", "EEXIST", "ENOENT", "ENOTDIR", "EROFS", "ENAMETOOLONG"]);

/**
 * Makes it and answers its real path. Mode 0700; under root 0711, because PostgreSQL and the agents run as other users and must
 * pass through to their own folders (what lies in it is closed by its own mode).
 */
export function prepareDataDirectory(wished: string): string {
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  try {
    makeDirectory(wished, mode);
    accessSync(wished, constants.W_OK | constants.X_OK);
    chmodSync(wished, mode);
    return realpathSync(wished);
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    if (unusable.has(code))
      throw new LaunchProblem(
        `${wished} cannot be used as data directory (${code}): set DATA_DIR to a directory that you own and can write.`,
        { cause },
      );
    throw cause;
  }
}

/** Node's own recursive mkdir never returns where a parent takes no directories, as in /proc. */
function makeDirectory(directory: string, mode: number): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return;
  makeDirectory(path.dirname(directory), mode);
  try {
    mkdirSync(directory, { mode });
  } catch (error) {
    // Another start may have made it in this moment.
    if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
