// Structured logs: JSON lines on standard output, redacted before they are written (MISSION F6).
import pino, { type DestinationStream, type Logger } from "pino";
import { redactText } from "./redaction/redact-text";
import { redactValue } from "./redaction/redact-value";

export type Log = Logger;

/** A logger for one process; `program` is on every line. Field names, known token shapes and errors are made safe here. */
export function createLog(options: { program: string; level: string; destination?: DestinationStream }): Log {
  return pino(
    {
      level: options.level,
      base: { program: options.program },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactFields, bindings: redactFields },
      // `formatters.log` has already turned errors into plain, safe objects.
      serializers: { err: (error: unknown) => error },
      hooks: {
        logMethod(args, method) {
          method.apply(this, redactMessages(args) as Parameters<typeof method>);
        },
      },
    },
    options.destination ?? pino.destination({ dest: 1, sync: false }),
  );
}

function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  return redactValue(fields) as Record<string, unknown>;
}

/** The message and what is put into its placeholders; the object in front goes through `formatters.log`. */
function redactMessages(args: readonly unknown[]): unknown[] {
  return args.map((arg, position) => (position > 0 && typeof arg === "object" ? redactValue(arg) : redactIfText(arg)));
}

function redactIfText(arg: unknown): unknown {
  return typeof arg === "string" ? redactText(arg) : arg;
}
