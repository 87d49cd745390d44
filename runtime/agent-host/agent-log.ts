// What an agent prints and what the host did to it: the newest lines, masked, with a limit on how fast they may come.
import type { HostLogLine } from "~/runtime/contract/host-protocol";

export type AgentLog = {
  /** Whether there is room for one more line of the agent's own; asked before the line is cleaned, because cleaning is what costs. */
  admits(line: string): boolean;
  write(stream: HostLogLine["stream"], line: string): void;
  /** Oldest first. */
  tail(limit: number): HostLogLine[];
};

const linesMax = 1_000;
const lineCharactersMax = 4_096;
const linesPerSecond = 200;
const burstMax = 1_000;

/** A long line costs as much as several of these. */
const usualBytes = 512;

export function createAgentLog(now: () => number = Date.now): AgentLog {
  const lines: HostLogLine[] = [];
  let allowance = burstMax;
  let refilledAt = now();
  let dropped = 0;

  function append(stream: HostLogLine["stream"], line: string): void {
    const text = line.length > lineCharactersMax ? `${line.slice(0, lineCharactersMax)}…` : line;
    lines.push({ at: new Date(now()).toISOString(), stream, line: text });
    if (lines.length > linesMax) lines.shift();
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
        return false;
      }
      allowance -= cost;
      noteDropped();
      return true;
    },
    write: append,
    tail(limit) {
      noteDropped();
      return lines.slice(-limit);
    },
  };
}
