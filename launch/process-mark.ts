// Which process is meant: a pid alone is reused, a pid with its start time is not.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export type ProcessMark = { pid: number; startedAt: string };

/** The mark of a running process; null when there is none or only a zombie is left. */
export function markOf(pid: number): ProcessMark | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return process.platform === "linux" ? markFromProc(pid) : markFromPs(pid);
}

/** Whether exactly this process still runs. */
export function isRunning(mark: ProcessMark): boolean {
  return markOf(mark.pid)?.startedAt === mark.startedAt;
}

/** The command line of a process, words parted by spaces; empty when it is gone. */
export function commandLineOf(pid: number): string {
  if (process.platform !== "linux") return ps(pid, "command=");
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

/** Processes that work in this directory; servers stay in their data directory, whatever became of their pid files. Linux only. */
export function pidsWorkingIn(directory: string): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && workingDirectoryOf(name) === directory)
    .map(Number)
    .filter((pid) => markOf(pid) !== null);
}

function workingDirectoryOf(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

function markFromProc(pid: number): ProcessMark | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name is in brackets and may itself hold brackets and spaces: the fields begin after the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, startTicks] = [fields[0], fields[19]];
    return state === "Z" || state === "X" ? null : { pid, startedAt: `${bootId()}:${startTicks}` };
  } catch {
    return null;
  }
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

function markFromPs(pid: number): ProcessMark | null {
  const state = ps(pid, "state=");
  return state === "" || state.startsWith("Z") ? null : { pid, startedAt: ps(pid, "lstart=") };
}

function ps(pid: number, column: string): string {
  return spawnSync("ps", ["-o", column, "-p", String(pid)], { encoding: "utf8", timeout: 5_000 }).stdout?.trim() ?? "";
}
