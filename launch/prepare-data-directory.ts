// The data directory: ours, writable, closed to others.
import { accessSync, chmodSync, constants, mkdirSync, realpathSync } from "node:fs";
import { LaunchProblem } from "./problem";

/**
 * Makes it and answers its real path. Mode 0700; under root 0711, because PostgreSQL and the agents run as other users and must
 * pass through to their own folders (what lies in it is closed by its own mode).
 */
export function prepareDataDirectory(wished: string): string {
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  try {
    mkdirSync(wished, { recursive: true, mode });
    accessSync(wished, constants.W_OK | constants.X_OK);
    chmodSync(wished, mode);
    return realpathSync(wished);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM" || code === "EEXIST" || code === "ENOTDIR" || code === "EROFS")
      throw new LaunchProblem(
        `${wished} cannot be used as data directory (${code}): set DATA_DIR to a directory that you own and can write.`,
        { cause },
      );
    throw cause;
  }
}
