// The words after a command: only flags that it knows.
import { LaunchProblem } from "./problem";

/** Throws {@link LaunchProblem} that lists what there is. */
export function readWords<Flag extends string>(words: string[], flags: Flag[]): Record<Flag, boolean> {
  const unknown = words.find((word) => !flags.some((flag) => word === `--${flag}`));
  if (unknown !== undefined) {
    const known = flags.length === 0 ? "takes none" : `takes ${flags.map((flag) => `--${flag}`).join(", ")}`;
    throw new LaunchProblem(
      `"${unknown}" is not known here: this command ${known}. Settings come from the environment (see README).`,
    );
  }
  return Object.fromEntries(flags.map((flag) => [flag, words.includes(`--${flag}`)])) as Record<Flag, boolean>;
}
