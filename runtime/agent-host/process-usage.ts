// What the kernel knows of a process: memory that is its own, processor time, and when it began.
import { readdirSync, readFileSync } from "node:fs";

/** Memory in use by this process alone, without mapped program files, in MB; null where the system does not say. */
export function privateMemoryMb(pid: number): number | null {
  const rollup = readText(`/proc/${pid}/smaps_rollup`);
  if (rollup !== null) {
    const kilobytes = ["Private_Dirty", "Swap"].map((field) =>
      Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(rollup)?.[1] ?? 0),
    );
    return kilobytes.reduce((sum, value) => sum + value, 0) / 1_024;
  }
  const [, resident, shared] = readText(`/proc/${pid}/statm`)?.split(" ").map(Number) ?? [];
  return resident === undefined || shared === undefined ? null : ((resident - shared) * 4) / 1_024;
}

/** Resident memory in MB, mapped program files included. */
export function residentMemoryMb(pid: number): number | null {
  const status = readText(`/proc/${pid}/status`);
  const kilobytes = status === null ? undefined : /^VmRSS:\s+(\d+)/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / 1_024;
}

/** Processor time of all threads so far, in ms; null where the system does not say. */
export function processorMs(pid: number): number | null {
  try {
    const nanoseconds = readdirSync(`/proc/${pid}/task`).map((task) => {
      return Number(readText(`/proc/${pid}/task/${task}/schedstat`)?.split(" ")[0] ?? 0);
    });
    return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e6;
  } catch {
    return null;
  }
}

/** Ticks since boot at which it began: with the pid it names one process and no later one. Null when there is none. */
export function startTicks(pid: number): string | null {
  const stat = readText(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
