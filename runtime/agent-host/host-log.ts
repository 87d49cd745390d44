// The host's own log: JSON lines on standard output. Nothing of a call and nothing of a grant is ever given to it.
import pino, { type Logger } from "pino";

export type HostLog = Logger;

export function createHostLog(level: string): HostLog {
  return pino({
    level,
    base: { program: "agent-host" },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
