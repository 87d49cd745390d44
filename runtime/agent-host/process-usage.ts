// What the kernel knows of a process: memory that is its own, processor time, and when it began.
import { readFileSync } from "node:fs";

const pageBytes = 4_096;
const bytesPerMb = 1_048_576;

/** The kernel counts processor time for /proc in hundredths of a second on every platform that workerd runs on. */
const tickMs = 10;

/** Memory in use by this process alone, without mapped program files, in MB; null where the system does not say. */
export function privateMemoryMb(pid: number): number | null {
  const [, resident, shared] = readText(`/proc/${pid}/statm`)?.split(" ").map(Number) ?? [];
  return resident === undefined || shared === undefined ? null : ((resident - shared) * pageBytes) / bytesPerMb;
}

/** Resident memory in MB, mapped program files included. */
export function residentMemoryMb(pid: number): number | null {
  const status = readText(`/proc/${pid}/status`);
  const kilobytes = status === null ? undefined : /^VmRSS:\s+(\d+)/m.exec(status)?.[1];
  return kilobytes === undefined ? null : (Number(kilobytes) * 1_024) / bytesPerMb;
}

/** Processor time of all threads so far, in ms; null where the system does not say. */
export function processorMs(pid: number): number | null {
  return spentMs(statFields(readText(`/proc/${pid}/stat`)));
}

/** The same of its first thread alone, in which workerd runs all JavaScript; the others collect garbage and compile. */
export function mainThreadMs(pid: number): number | null {
  return spentMs(statFields(readText(`/proc/${pid}/task/${pid}/stat`)));
}

function spentMs(fields: string[] | null): number | null {
  return fields === null ? null : (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/**
 * Ticks since boot at which it began: with the pid it names one process and no later one. Null when there is none, or only its
 * remains, which a slow parent has not collected yet.
 */
export function startTicks(pid: number): string | null {
  const fields = statFields(readText(`/proc/${pid}/stat`));
  return fields === null || fields[0] === "Z" || fields[0] === "X" ? null : (fields[19] ?? null);
}

/** What follows the name, which may itself hold spaces and parentheses: field 3 of proc(5) comes first. */
function statFields(stat: string | null): string[] | null {
  return stat === null ? null : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
