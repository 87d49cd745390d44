// What an agent prints and what the host did to it: the newest lines, masked, with a limit on how fast they may come. All of them go on
// to the house.
import type { HostLogLine } from "~/runtime/contract/host-protocol";
import type { CallName } from "./calls-underway";
import type { LogOutlet } from "./log-shipper";

export type AgentLog = {
  /** Whether there is room for one more line of the agent's own; asked before the line is cleaned, because cleaning is what costs. */
  admits(line: string): boolean;
  write(stream: HostLogLine["stream"], line: string, call?: CallName | null): void;
  /** Whose a line is that is printed now, when that is known. */
  caller(): CallName | null;
  /** Oldest first. */
  tail(limit: number): HostLogLine[];
};

const linesMax = 1_000;
const lineCharactersMax = 4_096;
const linesPerSecond = 200;
const burstMax = 1_000;

/** A long line costs as much as several of these. */
const usualBytes = 512;

export type AgentLogParts = {
  now?: () => number;
  /** Where lines go on to. */
  outlet?: LogOutlet;
  callOf?: () => CallName | null;
};

export function createAgentLog({ now = Date.now, outlet, callOf }: AgentLogParts = {}): AgentLog {
  const lines: HostLogLine[] = [];
  let allowance = burstMax;
  let refilledAt = now();
  let dropped = 0;

  function append(stream: HostLogLine["stream"], line: string): HostLogLine & { isCut?: true } {
    const isCut = line.length > lineCharactersMax;
    const text = isCut ? `${line.slice(0, lineCharactersMax)}…` : line;
    const kept = { at: new Date(now()).toISOString(), stream, line: text };
    lines.push(kept);
    if (lines.length > linesMax) lines.shift();
    return isCut ? { ...kept, isCut } : kept;
  }

  function refill(): void {
    const at = now();
    allowance = Math.min(burstMax, allowance + ((at - refilledAt) / 1_000) * linesPerSecond);
    refilledAt = at;
  }

  function noteDropped(): void {
    if (dropped > 0) append("host", `${dropped} lines were left out: the agent printed more than ${linesPerSecond} a second.`);
    dropped = 0;
  }

  return {
    admits(line) {
      refill();
      const cost = Math.max(1, line.length / usualBytes);
      if (allowance < cost) {
        dropped += 1;
        outlet?.leaveOut();
        return false;
      }
      allowance -= cost;
      noteDropped();
      return true;
    },
    write(stream, line, call = null) {
      const kept = append(stream, line);
      outlet?.add({ ...kept, ...call });
    },
    caller: () => callOf?.() ?? null,
    tail(limit) {
      noteDropped();
      return lines.slice(-limit);
    },
  };
}
