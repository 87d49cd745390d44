// Which processes the last start left: written at each change, read by the next start, which ends what is still there.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { ProgramName } from "./build-programs";
import { isRunning, type ProcessMark } from "./process-mark";
import { stopProcess } from "./stop-process";

export type ProcessRecord = {
  set(program: ProgramName, mark: ProcessMark): void;
};

type Marks = Partial<Record<ProgramName, ProcessMark>>;

const stopOrder: ProgramName[] = ["web", "worker", "agent-host"];

/** Ends orphans of a launcher that was killed, in the order of an ordinary stop. Answers how many there were. */
export async function endLeftovers(file: string): Promise<number> {
  const marks = read(file);
  const left = stopOrder.flatMap((program) => marks[program] ?? []).filter(isRunning);
  for (const mark of left) await stopProcess(mark, { signal: "SIGTERM", graceMs: 10_000 });
  return left.length;
}

export function openProcessRecord(file: string): ProcessRecord {
  const marks: Marks = {};
  return {
    set(program, mark) {
      marks[program] = mark;
      writeFileSync(`${file}.new`, JSON.stringify(marks), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}

function read(file: string): Marks {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Marks;
  } catch {
    // None yet, or cut short by a full disk: the programs' own sockets and ports will say so.
    return {};
  }
}
