// What an agent prints and what the host did to it: the newest lines, masked, with a limit on how fast they may come.
import type { HostLogLine } from "~/runtime/contract/host-protocol";

export type AgentLog = {
  write(stream: HostLogLine["stream"], line: string): void;
  /** Oldest first. */
  tail(limit: number): HostLogLine[];
};

const linesMax = 1_000;
const lineCharactersMax = 4_096;
const linesPerSecond = 200;
const burstMax = 1_000;

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

  return {
    write(stream, line) {
      refill();
      // What the host has to say is rare and is never lost to an agent that shouts.
      if (stream === "host") return append(stream, line);
      if (allowance < 1) {
        dropped += 1;
        return;
      }
      allowance -= 1;
      if (dropped > 0) append("host", `${dropped} lines were left out: the agent printed more than ${linesPerSecond} a second.`);
      dropped = 0;
      append(stream, line);
    },
    tail: (limit) => lines.slice(-limit),
  };
}
