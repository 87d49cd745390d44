// Structured logs: JSON lines on standard output, redacted before they are written (MISSION F6).
import pino, { type DestinationStream, type Logger } from "pino";

export type Log = Logger;

const sensitiveFields = ["authorization", "cookie", "set-cookie", "password", "secret", "token", "apiKey", "value", "body"];

/** Paths at the root and two levels down, which is as deep as our log objects go. */
const redactPaths = sensitiveFields.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);

/** A logger for one process; `program` is on every line. */
export function createLog(options: { program: string; level: string; destination?: DestinationStream }): Log {
  return pino(
    {
      level: options.level,
      base: { program: options.program },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: redactPaths, censor: "[redacted]" },
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination ?? pino.destination({ dest: 1, sync: false }),
  );
}
